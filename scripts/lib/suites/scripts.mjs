import { createEnvironment } from '../environment.mjs';
import { ROOT } from '../paths.mjs';
import { tryRun } from '../run.mjs';

/**
 * The tests of these scripts themselves, and of the examples' applications.
 *
 * @returns {Promise<import('../../test.mjs').SuiteResult>}
 */
export async function testScripts({ toolchain, pm2 }) {
  const { code, stdout, tail } = await tryRun(
    toolchain.node,
    ['--test', '--test-reporter=tap', 'scripts/**/*.test.mjs'],
    {
      cwd: ROOT,
      env: createEnvironment({ path: [...toolchain.path, pm2] }),
    },
  );
  const count = name =>
    Number(new RegExp(`^# ${name} (\\d+)$`, 'm').exec(stdout)?.[1] ?? 0);
  const failed = count('fail') + count('cancelled');
  return {
    passed: count('pass'),
    failed: code !== 0 && failed === 0 ? 1 : failed,
    skipped: count('skipped') + count('todo'),
    failures: code === 0 ? '' : collectFailures(stdout) || tail,
  };
}

/** The failed ones of a TAP report, with what is said of them. */
function collectFailures(tap) {
  const blocks = tap.split(/^(?=\s*(?:not )?ok \d+ )/m);
  return blocks.filter(block => /^\s*not ok /.test(block)).join('');
}
