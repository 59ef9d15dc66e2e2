import path from 'node:path';

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/**
 * The environment for what these scripts start: without what npm and Yarn told this script about
 * itself, with the tools first in PATH, and with this machine reached directly where a proxy is set.
 *
 * @param {object} options
 * @param {string[]} [options.path] folders to look in first
 * @param {Record<string, string>} [options.variables]
 * @returns {NodeJS.ProcessEnv}
 */
export function createEnvironment(options) {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_|YARN_|BERRY_|PROJECT_CWD$|INIT_CWD$)/i.test(name),
    ),
  );
  const noProxy = [process.env.NO_PROXY ?? process.env.no_proxy, ...LOOPBACK]
    .filter(Boolean)
    .join(',');
  return {
    ...inherited,
    NO_PROXY: noProxy,
    no_proxy: noProxy,
    PATH: [...(options.path ?? []), process.env.PATH ?? ''].join(
      path.delimiter,
    ),
    ...options.variables,
  };
}
