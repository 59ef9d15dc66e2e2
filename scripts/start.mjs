// Starts the portal with its demo: `npm start`, or `npm start -- --reset` to begin the demo anew.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { createDemo } from './lib/demo/demo.mjs';
import { lock } from './lib/demo/lock.mjs';
import { seed } from './lib/demo/seed.mjs';
import { DEFAULT_STATE } from './lib/demo/settings.mjs';
import { showWelcome } from './lib/demo/welcome.mjs';
import { installDependencies } from './lib/dependencies.mjs';
import { buildFrontend } from './lib/frontend.mjs';
import {
  interruption,
  listenForInterruption,
  untilInterrupted,
} from './lib/interruption.mjs';
import { isFree } from './lib/ports.mjs';
import { explain, Progress } from './lib/Progress.mjs';
import { Stop } from './lib/Stop.mjs';
import { bringToolchain, checkOwnNode } from './lib/tools.mjs';

const DEFAULT_PORT = 7007;
/** All that the demo writes. */
const STATE = path.resolve(process.env.SLIPWAY_STATE ?? DEFAULT_STATE);

const progress = new Progress();
/** @type {ReturnType<typeof createDemo> | undefined} */
let demo;
let unlock = () => {};

try {
  await start();
} catch (error) {
  if (!interruption.aborted) {
    explain(error);
    process.exitCode = 1;
  }
}
if (interruption.aborted) {
  progress.line('\nEnding; once more Ctrl-C ends at once.');
}
await demo?.stop().catch(explain);
unlock();
process.exit();

async function start() {
  checkOwnNode();
  const { reset } = readOptions();
  const port = await readPort();
  unlock = await lock(STATE);
  progress.line('\nSlipway\n');
  listenForInterruption({
    force: () => {
      demo?.kill();
      unlock();
    },
  });
  const toolchain = await progress.step('Node and Yarn', bringToolchain);
  await progress.step('Dependencies', say =>
    installDependencies({ toolchain, say }),
  );
  await progress.step('Frontend', () => buildFrontend({ toolchain }));
  demo = createDemo({ toolchain, state: STATE, port, reset, progress });
  const { url, ports, ended } = await demo.start();
  progress.line(`\n  The portal answers on ${url}\n`);
  await Promise.race([
    fillHistory(url),
    ended.then(error => Promise.reject(error)),
  ]);
  showWelcome({ url, ports, progress });
  throw await Promise.race([ended, untilInterrupted()]);
}

/** A history that could not be made is told, and the portal goes on without. */
async function fillHistory(url) {
  try {
    await progress.step('History for the demo', say =>
      seed({ url, state: STATE, say }),
    );
  } catch (error) {
    if (interruption.aborted) {
      throw error;
    }
    explain(error);
  }
}

function readOptions() {
  try {
    // Yarn hands the separator on, npm does not.
    const args = process.argv.slice(2).filter(arg => arg !== '--');
    return parseArgs({ args, options: { reset: { type: 'boolean' } } }).values;
  } catch (error) {
    throw new Stop(
      error.message,
      'There is one option: npm start -- --reset begins the demo anew.',
    );
  }
}

async function readPort() {
  const port = Number(process.env.PORT || DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Stop(
      `PORT is ${process.env.PORT}, which is no port.`,
      'Give a number from 1 to 65535: PORT=8080 npm start',
    );
  }
  if (!(await isFree(port))) {
    throw new Stop(
      `Port ${port} is in use by another program.`,
      `End that program, or take another port: PORT=${port + 1} npm start`,
    );
  }
  return port;
}
