// Runs every test there is: `npm test`, or some of them: `npm test -- types browser`.
import { mkdir, rm } from 'node:fs/promises';
import { installDependencies } from './lib/dependencies.mjs';
import { interruption, listenForInterruption } from './lib/interruption.mjs';
import { find, howToInstall } from './lib/prerequisites.mjs';
import { explain, Progress } from './lib/Progress.mjs';
import { Stop } from './lib/Stop.mjs';
import { testInBrowser } from './lib/suites/browser.mjs';
import { checkFormat, checkLint, checkTypes } from './lib/suites/checks.mjs';
import { testPackages } from './lib/suites/packages.mjs';
import { REPORTS } from './lib/suites/reports.mjs';
import { testScripts } from './lib/suites/scripts.mjs';
import { bringPm2, bringToolchain, checkOwnNode } from './lib/tools.mjs';

/**
 * @typedef {object} SuiteResult
 * @property {number} passed
 * @property {number} failed
 * @property {number} skipped
 * @property {string} failures what to show of those that failed
 */

/**
 * `needs` are programs without which the whole suite is left out, `uses` those without which a part of it is.
 */
const SUITES = {
  format: { title: 'Format', run: checkFormat },
  lint: { title: 'Lint', run: checkLint },
  types: { title: 'Types', run: checkTypes },
  packages: {
    title: 'Packages',
    run: testPackages,
    needs: ['git'],
    uses: ['PostgreSQL', 'sshd', 'rsync'],
  },
  scripts: { title: 'Scripts', run: testScripts, needs: ['git'] },
  browser: {
    title: 'Browser',
    run: testInBrowser,
    needs: ['git', 'Chromium'],
  },
};

const progress = new Progress();
/** @type {SuiteResult} */
const total = { passed: 0, failed: 0, skipped: 0, failures: '' };

try {
  await test();
} catch (error) {
  explain(error);
  total.failed += 1;
}
process.stdout.write(`${summarize(total)}\n`, () =>
  process.exit(total.failed > 0 ? 1 : 0),
);

async function test() {
  checkOwnNode();
  const names = chooseSuites();
  listenForInterruption({ force: () => {} });
  progress.line('\nSlipway, all tests\n');
  const toolchain = await progress.step('Node and Yarn', bringToolchain);
  await progress.step('Dependencies', say =>
    installDependencies({ toolchain, say }),
  );
  const pm2 = await progress.step('PM2', bringPm2);
  await mkdir(REPORTS, { recursive: true });
  for (const name of names) {
    interruption.throwIfAborted();
    await runSuite(name, { toolchain, pm2 });
  }
  if (total.failed === 0) {
    await rm(REPORTS, { recursive: true, force: true });
  }
  progress.line(`\nTook ${Math.round(progress.elapsed)} s.`);
}

/** @param {string} name */
async function runSuite(name, tools) {
  const { title, run, needs = [], uses = [] } = SUITES[name];
  const missing = [...needs, ...uses].filter(tool => !find(tool));
  for (const tool of missing) {
    const extent = needs.includes(tool) ? 'is left out' : 'is run in part';
    progress.line(
      `  ! ${title} ${extent}: this machine has no ${tool}. Get it: ${howToInstall(tool)}`,
    );
    if (process.env.CI) {
      total.failed += 1;
    }
  }
  if (missing.some(tool => needs.includes(tool))) {
    return;
  }
  let counted = false;
  try {
    await progress.step(title, async say => {
      const result = await run({ ...tools, say });
      counted = true;
      total.passed += result.passed;
      total.failed += result.failed;
      total.skipped += result.skipped;
      if (result.failed > 0) {
        throw new Stop(`${result.failures}\n\n${title}: ${summarize(result)}`);
      }
      return summarize(result);
    });
  } catch (error) {
    interruption.throwIfAborted();
    explain(error, process.stdout);
    total.failed += counted ? 0 : 1;
  }
}

/** @param {SuiteResult} result */
function summarize({ passed, failed, skipped }) {
  const more = skipped > 0 ? `, ${skipped} skipped` : '';
  return `${passed} passed, ${failed} failed${more}`;
}

function chooseSuites() {
  const chosen = process.argv.slice(2);
  const unknown = chosen.find(name => !(name in SUITES));
  if (unknown) {
    throw new Stop(
      `There is no suite ${unknown}.`,
      `These are there: ${Object.keys(SUITES).join(', ')}`,
    );
  }
  return chosen.length > 0 ? chosen : Object.keys(SUITES);
}
