import { Config } from '@backstage/config';

const LOOPBACK_HOSTS = ['localhost', '127.0.0.1', '::1', '[::1]'];

/** Whether a host name means this machine and nothing else. */
export function isLoopbackHost(host: string): boolean {
  return LOOPBACK_HOSTS.includes(host.toLocaleLowerCase('en-US'));
}

/**
 * Throws where a sign-in without passwords would be a danger: in production, where the backend
 * listens on more than the loopback interface, and where others reach it under another address, through a proxy say.
 */
export function assertDemoAllowed(options: {
  config: Config;
  nodeEnv: string | undefined;
}): void {
  const { config, nodeEnv } = options;
  const environment = config.getOptionalString('auth.environment');
  if (nodeEnv === 'production' || environment === 'production') {
    throw new Error(
      'The demo sign-in lets anyone be anyone and refuses to run in production. Remove auth.providers.demo from the configuration and set up a real provider: https://backstage.io/docs/auth/',
    );
  }
  const strange = [
    readListenHost(config),
    ...['app.baseUrl', 'backend.baseUrl'].flatMap(key => {
      const url = config.getOptionalString(key);
      return url === undefined ? [] : [new URL(url).hostname];
    }),
  ].find(host => !isLoopbackHost(host));
  if (strange !== undefined) {
    throw new Error(
      `The demo sign-in lets anyone be anyone and serves this machine alone, not ${
        strange || 'every network'
      }. Set backend.listen.host to 127.0.0.1 and both base URLs to localhost, or remove auth.providers.demo from the configuration.`,
    );
  }
}

/** The host that the backend listens on; empty where it is all of them. */
function readListenHost(config: Config): string {
  const listen = config.getOptional('backend.listen');
  if (typeof listen === 'string') {
    return listen.slice(0, listen.lastIndexOf(':'));
  }
  return config.getOptionalString('backend.listen.host') ?? '';
}
