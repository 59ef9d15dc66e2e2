/**
 * What a program needs of its surroundings and what tells nothing: where programs are, who the user is, the language, the
 * way to the network and to the package registry.
 */
const KEPT = new Set([
  'PATH',
  'HOME',
  'USER',
  'LOGNAME',
  'SHELL',
  'TMPDIR',
  'TZ',
  'LANG',
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'NO_PROXY',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
  'SSL_CERT_DIR',
  'NPM_CONFIG_REGISTRY',
  'NPM_CONFIG_CACHE',
  'PM2_HOME',
  'PM2_DISCRETE_MODE',
]);

/**
 * This process's environment without anything that is the portal's own: its tokens and passwords are in
 * there, and what a service's build or processes get is for all who can write to its repository to read.
 */
export function plainEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => KEPT.has(name.toUpperCase()) || name.startsWith('LC_'),
    ),
  );
}
