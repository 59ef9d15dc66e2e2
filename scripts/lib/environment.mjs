import path from 'node:path';

const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

/** What npm and Yarn tell a script about themselves. What a person configures (a registry, a cache) is none of it. */
const OF_PACKAGE_MANAGER =
  /^(npm_(lifecycle|package|execpath|node_execpath|command|config_(local_prefix|global_prefix|prefix|user_agent))|BERRY_BIN_FOLDER$|PROJECT_CWD$|INIT_CWD$)/i;

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
      ([name]) => !OF_PACKAGE_MANAGER.test(name),
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
