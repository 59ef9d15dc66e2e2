import { z } from 'zod';

const CONTROL_CHARACTER = /\p{Cc}/u;

/** An absolute path in its shortest form: no `..`, no doubled or trailing slash, no control characters. */
export const absolutePathSchema = z
  .string()
  .min(2)
  .max(400)
  .refine(
    path =>
      path.startsWith('/') &&
      path
        .slice(1)
        .split('/')
        .every(part => part !== '' && part !== '.' && part !== '..') &&
      !CONTROL_CHARACTER.test(path),
    'write an absolute path such as /srv/shop, without .., // or a trailing /',
  );

/** What goes into an OpenSSH configuration file as one quoted word, with nothing that OpenSSH would expand. */
const sshPathSchema = absolutePathSchema.refine(
  path => !/["%$\\]/.test(path),
  'leave out ", %, $ and \\',
);

const hostOptions = {
  directories: z
    .array(absolutePathSchema)
    .min(1)
    .describe(
      'Environments may lie in these directories and below, and nowhere else.',
    ),
  path: z
    .array(absolutePathSchema)
    .default([])
    .describe('Directories in which node, npm and pm2 are looked for first.'),
  pm2Home: absolutePathSchema
    .optional()
    .describe('PM2_HOME; that of the user unless told.'),
};

const localSchema = z.strictObject(hostOptions);

const sshSchema = z.strictObject({
  ...hostOptions,
  host: z
    .string()
    .max(255)
    .regex(/^[A-Za-z0-9:][A-Za-z0-9.:_-]*$/, 'write a host name or an address'),
  port: z.number().int().min(1).max(65_535).default(22),
  user: z
    .string()
    .max(64)
    .regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, 'write the name of a user'),
  identityFile: sshPathSchema.describe(
    'The private key, on the portal’s machine.',
  ),
  knownHostsFile: sshPathSchema.describe(
    'Host keys that are trusted; made with ssh-keyscan and compared by a person.',
  ),
});

/** A connection of the kind `vps`: a server over SSH, or the portal's own machine. */
export const connectionSchema = z
  .strictObject({ local: localSchema.optional(), ssh: sshSchema.optional() })
  .transform(({ local, ssh }, context): VpsConnection => {
    if (ssh && !local) {
      return { transport: 'ssh', ...ssh };
    }
    if (local && !ssh) {
      return { transport: 'local', ...local };
    }
    context.addIssue({
      code: 'custom',
      message: 'a connection of kind vps has either ssh or local',
    });
    return z.NEVER;
  });

export type SshConnection = { transport: 'ssh' } & z.infer<typeof sshSchema>;
export type LocalConnection = { transport: 'local' } & z.infer<
  typeof localSchema
>;
export type VpsConnection = SshConnection | LocalConnection;
