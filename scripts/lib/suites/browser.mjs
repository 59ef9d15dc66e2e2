import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { createDemo } from '../demo/demo.mjs';
import { seed } from '../demo/seed.mjs';
import { createEnvironment } from '../environment.mjs';
import { buildFrontend } from '../frontend.mjs';
import { ROOT, SCRATCH, shorten } from '../paths.mjs';
import { findFree } from '../ports.mjs';
import { find } from '../prerequisites.mjs';
import { NestedProgress } from '../Progress.mjs';
import { tryRun } from '../run.mjs';
import { REPORTS } from './reports.mjs';

/** Where the portal under test looks for a port from; two that begin at once would find the same one free. */
const FIRST_PORT = 7_107 + (process.pid % 90);

const RESULTS = path.join(REPORTS, 'browser');

/**
 * A person's paths through a portal of its own, in a real browser, with services that really run.
 *
 * @param {object} options
 * @returns {Promise<import('../../test.mjs').SuiteResult>}
 */
export async function testInBrowser({ toolchain, say }) {
  say('building the frontend');
  await buildFrontend({ toolchain });
  // Two test runs at once have a portal each.
  const state = path.join(SCRATCH, 'e2e', String(process.pid));
  const demo = createDemo({
    toolchain,
    state,
    port: await findFree(FIRST_PORT),
    reset: true,
    progress: new NestedProgress(say),
  });
  const report = path.join(REPORTS, 'browser.json');
  await rm(report, { force: true });
  try {
    const { url, ports } = await demo.start();
    await seed({ url, state, say });
    say('in the browser');
    const { code, tail } = await tryRun(
      toolchain.node,
      [
        path.join(ROOT, 'node_modules/@playwright/test/cli.js'),
        'test',
        '--config',
        path.join(ROOT, 'e2e/playwright.config.ts'),
        '--reporter=list,json',
      ],
      {
        cwd: ROOT,
        env: createEnvironment({
          path: toolchain.path,
          variables: {
            SLIPWAY_URL: url,
            SLIPWAY_PORTS: JSON.stringify(ports),
            SLIPWAY_CHROMIUM: find('Chromium') ?? '',
            SLIPWAY_RESULTS: RESULTS,
            PLAYWRIGHT_JSON_OUTPUT_NAME: report,
          },
        }),
        onLine: line => say(line.trim()),
      },
    );
    return await readReport({ file: report, code, tail });
  } finally {
    await demo.stop();
    await rm(state, { recursive: true, force: true });
  }
}

/** A run that ended badly without a failed test, because a file could not be loaded say, is a failure too. */
async function readReport({ file, code, tail }) {
  let stats;
  try {
    ({ stats } = JSON.parse(await readFile(file, 'utf8')));
  } catch {
    return {
      passed: 0,
      failed: 1,
      skipped: 0,
      failures: `Playwright ended with ${code} and wrote no report. The last it said:\n\n${tail}`,
    };
  }
  const failed = code === 0 ? stats.unexpected : Math.max(stats.unexpected, 1);
  return {
    passed: stats.expected + stats.flaky,
    failed,
    skipped: stats.skipped,
    failures:
      failed === 0
        ? ''
        : `${tail}\n\nTraces and screenshots: ${shorten(RESULTS)}`,
  };
}
