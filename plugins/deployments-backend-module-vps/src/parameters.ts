import { durationSchema } from '@slipway/plugin-deployments-node';
import { z } from 'zod';
import { absolutePathSchema } from './connection';

/** Below this, ports belong to the system and its users can't have them. */
const FIRST_USER_PORT = 1_024;

const portSchema = z.number().int().min(FIRST_USER_PORT).max(65_535);

/** What a manifest says about an environment on a server: `target.parameters` of kind `vps`. */
export const parametersSchema = z
  .strictObject({
    directory: absolutePathSchema.describe(
      'Where the environment lies on the host; the connection has to allow it.',
    ),
    port: portSchema.describe(
      'Where the application listens; it gets it as PORT.',
    ),
    script: z
      .string()
      .max(200)
      .regex(
        /^(?!\.\.?\/)[A-Za-z0-9_@.+-]+(\/(?!\.\.?\/)[A-Za-z0-9_@.+-]+)*\.[cm]?js$/,
        'name a JavaScript file relative to the repository, such as dist/server.js',
      )
      .describe('What PM2 starts, relative to the release.'),
    instances: z
      .number()
      .int()
      .min(1)
      .max(64)
      .default(1)
      .describe('Processes of the PM2 cluster.'),
    keepReleases: z
      .number()
      .int()
      .min(2, 'keep at least 2: the one that serves and the one before it')
      .max(50)
      .default(5)
      .describe('How many releases stay on the host.'),
    processName: z
      .string()
      .regex(
        /^[A-Za-z][A-Za-z0-9._-]{0,79}$/,
        'use letters, digits, ., _ and -, beginning with a letter',
      )
      .optional()
      .describe('Name in PM2; service-environment unless told.'),
    sparePort: portSchema
      .optional()
      .describe(
        'Where a new release is tried first; any free port unless told.',
      ),
    waitReady: z
      .boolean()
      .default(false)
      .describe(
        "Whether the application tells PM2 that it is ready, with process.send('ready'); otherwise it counts as ready once it listens.",
      ),
    stopTimeout: durationSchema
      .default(10_000)
      .describe('How long a process may finish its requests after SIGINT.'),
    url: z
      .url({ protocol: /^https?$/ })
      .max(500)
      .optional()
      .describe('Where people reach the service.'),
  })
  .refine(({ port, sparePort }) => port !== sparePort, {
    path: ['sparePort'],
    message: 'is the same as port; choose another one',
  });

export type VpsParameters = z.infer<typeof parametersSchema>;
