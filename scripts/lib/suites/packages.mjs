import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { createEnvironment } from '../environment.mjs';
import { ROOT, shorten } from '../paths.mjs';
import { startPostgres } from '../postgres.mjs';
import { find } from '../prerequisites.mjs';
import { tryRun } from '../run.mjs';
import { REPORTS } from './reports.mjs';

/**
 * The tests of all packages, on SQLite and, where the machine has it, on a real PostgreSQL.
 *
 * @returns {Promise<import('../../test.mjs').SuiteResult>}
 */
export async function testPackages({ toolchain, pm2, say }) {
  const programs = find('PostgreSQL');
  const postgres = programs ? await startPostgres(programs) : undefined;
  const report = path.join(REPORTS, 'packages.json');
  await rm(report, { force: true });
  try {
    const { code, tail } = await tryRun(
      toolchain.node,
      [
        path.join(ROOT, 'node_modules/@backstage/cli/bin/backstage-cli'),
        'repo',
        'test',
        '--ci',
        '--watchAll=false',
        // Some wait for programs most of the time: a third on two cores does not wait for the others.
        '--maxWorkers=3',
        // Starting a program takes longer the more memory the one has that starts it.
        '--workerIdleMemoryLimit=600M',
        '--json',
        `--outputFile=${report}`,
      ],
      {
        cwd: ROOT,
        env: createEnvironment({
          path: [...toolchain.path, pm2],
          variables: {
            BACKSTAGE_TEST_DISABLE_DOCKER: '1',
            ...(postgres && {
              BACKSTAGE_TEST_DATABASE_POSTGRES15_CONNECTION_STRING:
                postgres.connectionString,
            }),
          },
        }),
        onLine: line => {
          if (/^(PASS|FAIL) /.test(line)) {
            say(line.replace(/^(PASS|FAIL) /, ''));
          }
        },
      },
    );
    return await readReport({ file: report, code, tail });
  } finally {
    await postgres?.stop();
  }
}

/** A run that ended badly without a failed test is a failure too. */
async function readReport({ file, code, tail }) {
  let report;
  try {
    report = JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: `Jest ended with ${code} and wrote no report. The last it said:\n\n${tail}`,
    };
  }
  const failures = report.testResults
    .filter(({ status }) => status === 'failed')
    .map(({ name, message }) => `${shorten(name)}\n${message}`);
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return {
    passed: report.numPassedTests,
    failed: code === 0 ? failed : Math.max(failed, 1),
    skipped: report.numPendingTests + report.numTodoTests,
    failures: failures.length > 0 || code === 0 ? failures.join('\n') : tail,
  };
}
