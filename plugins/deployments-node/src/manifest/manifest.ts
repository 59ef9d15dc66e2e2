import { environmentNameSchema } from '@slipway/plugin-deployments-common';
import { z } from 'zod';
import { commandSchema } from './command';
import { durationSchema } from './duration';
import { protectionSchema } from './protection';

/** The value of `apiVersion` in a manifest that this version understands. */
export const MANIFEST_API_VERSION = 'slipway.dev/v1';

const pathSchema = z
  .string()
  .max(500)
  .regex(/^\/[^\s]*$/, 'a path begins with / and has no white space');

/** How the archive of a release is made, once, from a checkout of its commit. */
export const buildSchema = z
  .strictObject({
    install: commandSchema
      .optional()
      .describe('Installs what the build needs; `npm ci` unless told.'),
    typecheck: commandSchema.optional(),
    test: commandSchema.optional().describe('Unit tests; a failure stops.'),
    integrationTest: commandSchema.optional(),
    build: commandSchema.optional(),
    smokeTest: commandSchema.optional(),
    timeout: durationSchema.default(1_800_000),
    exclude: z
      .array(z.string().min(1).max(200))
      .max(100)
      .default([])
      .describe('Patterns kept out of the archive, beside the usual ones.'),
  })
  .describe('How a release is built, once. Left out: the checkout as it is.');
export type BuildSpec = z.infer<typeof buildSchema>;

/** How an environment's health is asked for. */
export const healthCheckSchema = z.strictObject({
  path: pathSchema.default('/healthz'),
  releaseField: z
    .string()
    .max(100)
    .regex(/^[A-Za-z0-9_.-]+$/)
    .optional()
    .describe(
      'Member of the JSON answer (dots go deeper) in which the application says which release it serves: the value of SLIPWAY_RELEASE.',
    ),
  timeout: durationSchema
    .default(30_000)
    .describe('How long a release may take to become healthy.'),
  stableFor: durationSchema
    .default(500)
    .describe(
      'How long a new release has to stay healthy, with no process that dies, before it counts as deployed.',
    ),
});
export type HealthCheckSpec = z.infer<typeof healthCheckSchema>;

/** One request that has to be answered as told after a deployment. */
export const smokeCheckSchema = z.strictObject({
  name: z.string().min(1).max(100),
  path: pathSchema,
  status: z.number().int().min(100).max(599).default(200),
  contains: z.string().max(1_000).optional(),
});
export type SmokeCheckSpec = z.infer<typeof smokeCheckSchema>;

/** Migrations that run before the switch. */
export const migrationsSchema = z.strictObject({
  directory: z
    .string()
    .max(300)
    .describe('Where the migrations lie in the repository; new files run.'),
  command: commandSchema,
  backup: commandSchema
    .optional()
    .describe('Backs the database up; runs before the migrations.'),
  restoreHint: z
    .string()
    .max(2_000)
    .optional()
    .describe('Shown to people when a migration failed: the way back.'),
  timeout: durationSchema.default(600_000),
});
export type MigrationsSpec = z.infer<typeof migrationsSchema>;

const variableNameSchema = z
  .string()
  .regex(
    /^[A-Za-z_][A-Za-z0-9_]{0,99}$/,
    'a variable is letters, digits and underscores',
  );

export const environmentSchema = z.strictObject({
  name: environmentNameSchema,
  target: z.strictObject({
    kind: z.string().max(40),
    connection: z
      .string()
      .max(100)
      .describe('Name of a connection in the portal’s app-config.'),
    /** Validated by the target of that kind. */
    parameters: z.record(z.string(), z.unknown()).default({}),
  }),
  health: healthCheckSchema.default(healthCheckSchema.parse({})),
  smoke: z.array(smokeCheckSchema).max(50).default([]),
  variables: z
    .record(variableNameSchema, z.string().max(10_000))
    .default({})
    .describe('Environment variables of the application; nothing secret.'),
  secrets: z
    .record(variableNameSchema, z.string().max(200))
    .default({})
    .describe('Environment variable: name of a secret in app-config.'),
  protection: protectionSchema.default(protectionSchema.parse({})),
});
export type EnvironmentSpec = z.infer<typeof environmentSchema>;

/** The whole of a `deploy.yaml`. */
export const manifestSchema = z.strictObject({
  apiVersion: z.literal(MANIFEST_API_VERSION),
  repository: z
    .string()
    .max(1_000)
    .optional()
    .describe('Git URL; the component’s source location unless told.'),
  build: buildSchema.default(buildSchema.parse({})),
  migrations: migrationsSchema.optional(),
  environments: z
    .array(environmentSchema)
    .min(1)
    .max(20)
    .describe('In promotion order.'),
});
export type Manifest = z.infer<typeof manifestSchema>;
