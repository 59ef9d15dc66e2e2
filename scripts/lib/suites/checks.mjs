import path from 'node:path';
import { createEnvironment } from '../environment.mjs';
import { ROOT } from '../paths.mjs';
import { tryRun } from '../run.mjs';

const BIN = path.join(ROOT, 'node_modules');

/** What is run on servers, as plain JavaScript. */
const HOST_PROGRAM =
  'plugins/deployments-backend-module-vps/tsconfig.host.json';

/** @typedef {import('../../test.mjs').SuiteResult} SuiteResult */

/** Whether all files are formatted. */
export const checkFormat = ({ toolchain }) =>
  check(toolchain, [
    path.join(BIN, 'prettier/bin/prettier.cjs'),
    '--check',
    '.',
  ]);

/** Whether ESLint has nothing to say. */
export const checkLint = ({ toolchain }) =>
  check(toolchain, [
    path.join(BIN, '@backstage/cli/bin/backstage-cli'),
    'repo',
    'lint',
    '--max-warnings',
    '0',
  ]);

/** Whether the types hold, of the packages, of these scripts, and of what the packages run on other hosts. */
export const checkTypes = ({ toolchain }) => {
  const tsc = path.join(BIN, 'typescript/bin/tsc');
  return check(
    toolchain,
    [tsc, '--pretty', 'false'],
    [tsc, '--pretty', 'false', '-p', 'scripts'],
    [tsc, '--pretty', 'false', '-p', HOST_PROGRAM],
  );
};

/**
 * One check of one or more programs that all have to end well.
 *
 * @param {{ node: string, path: string[] }} toolchain
 * @param {string[][]} commands
 * @returns {Promise<SuiteResult>}
 */
async function check(toolchain, ...commands) {
  for (const args of commands) {
    const { code, tail } = await tryRun(toolchain.node, args, {
      cwd: ROOT,
      env: createEnvironment({ path: toolchain.path }),
    });
    if (code !== 0) {
      return { passed: 0, failed: 1, skipped: 0, failures: tail };
    }
  }
  return { passed: 1, failed: 0, skipped: 0, failures: '' };
}
