import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ROOT } from './lib/paths.mjs';
import { findFree } from './lib/ports.mjs';

/** Where the portals of these tests look for ports from; those of two runs at once in places apart. */
const FIRST_PORT = 7_207 + (process.pid % 90);

/** How often a portal that is ending is asked, and how often at the most. */
const ASK_EVERY_MS = 100;
const ASK_TIMES = 600;

let state;

beforeEach(async () => {
  state = await mkdtemp(path.join(os.tmpdir(), 'slipway start '));
});

afterEach(() => rm(state, { recursive: true, force: true }));

/** Runs the launcher; its output grows while it runs. */
function launch(variables, args = []) {
  const child = spawn(
    process.execPath,
    [path.join(ROOT, 'scripts/start.mjs'), ...args],
    {
      env: {
        ...process.env,
        SLIPWAY_STATE: path.join(state, 'demo'),
        ...variables,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  );
  const launched = { child, output: '' };
  const take = text => {
    launched.output += text;
    child.emit('said');
  };
  child.stdout.setEncoding('utf8').on('data', take);
  child.stderr.setEncoding('utf8').on('data', take);
  return launched;
}

/** Waits until the launcher has said something. */
async function said(launched, words) {
  while (!launched.output.includes(words)) {
    assert.equal(launched.child.exitCode, null, launched.output);
    await Promise.race([
      once(launched.child, 'said'),
      once(launched.child, 'close'),
    ]);
  }
}

/** Command lines of processes in whose command line or environment a text occurs. */
function findProcesses(text) {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name) && Number(name) !== process.pid)
    .map(pid => ({ pid, args: readProcess(pid, 'cmdline') }))
    .filter(
      ({ pid, args }) =>
        args.includes(text) || readProcess(pid, 'environ').includes(text),
    )
    .map(({ pid, args }) => `${pid} ${args}`);
}

/** Empty where the process is gone. */
function readProcess(pid, file) {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return '';
  }
}

describe('npm start', () => {
  it('says what to do where the port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(address && typeof address === 'object');

    const launched = launch({ PORT: String(address.port) });
    const [code] = await once(launched.child, 'close');
    server.close();

    assert.equal(code, 1);
    assert.match(launched.output, /Port \d+ is in use by another program/);
    assert.match(launched.output, /PORT=\d+ npm start/);
  });

  it('says what there is where an option is unknown', async () => {
    const launched = launch({}, ['--rest']);
    const [code] = await once(launched.child, 'close');

    assert.equal(code, 1);
    assert.match(launched.output, /--reset begins the demo anew/);
  });

  it(
    'brings the portal up, and an interruption leaves nothing behind',
    { skip: process.platform !== 'linux' && 'looks into /proc' },
    async () => {
      const port = await findFree(FIRST_PORT);
      const launched = launch({ PORT: String(port) });
      await said(launched, `The portal answers on http://localhost:${port}`);
      const page = await fetch(`http://localhost:${port}/`);
      assert.match(await page.text(), /<title>Slipway<\/title>/);
      assert.notDeepEqual(findProcesses(state), []);

      launched.child.kill('SIGINT');
      const [code] = await once(launched.child, 'close');

      assert.equal(code, 0, launched.output);
      assert.deepEqual(findProcesses(state), []);
      await assert.rejects(fetch(`http://localhost:${port}/`));
    },
  );

  it(
    'leaves nothing behind either where one is too impatient to wait for its end',
    { skip: process.platform !== 'linux' && 'looks into /proc' },
    async () => {
      const port = await findFree(FIRST_PORT);
      const launched = launch({ PORT: String(port) });
      await said(launched, 'The portal answers');

      const closed = once(launched.child, 'close');
      const again = setInterval(() => launched.child.kill('SIGINT'), 300);
      await closed;
      clearInterval(again);

      await untilNone(() => findProcesses(state));
      assert.equal(existsSync(path.join(state, 'demo.lock')), false);
    },
  );

  it(
    'ends the portal also where the launcher itself is killed',
    { skip: process.platform !== 'linux' && 'looks into /proc' },
    async () => {
      const port = await findFree(FIRST_PORT);
      const launched = launch({ PORT: String(port) });
      await said(launched, 'The portal answers');

      launched.child.kill('SIGKILL');
      await once(launched.child, 'close');

      await untilRefused(`http://localhost:${port}/`);
      // PM2 and the services stay up as they would on a server; the next start finds and ends them.
      const next = launch({ PORT: String(port) });
      await said(next, 'The portal answers');
      next.child.kill('SIGTERM');
      await once(next.child, 'close');
      assert.deepEqual(findProcesses(state), []);
    },
  );
});

/** Nobody tells when the portal has ended: it is asked until it does not answer. */
async function untilRefused(url) {
  for (let asked = 0; asked < ASK_TIMES; asked++) {
    try {
      await (await fetch(url)).text();
    } catch {
      return;
    }
    await sleep(ASK_EVERY_MS);
  }
  assert.fail(`${url} answers still`);
}

/** What was killed is gone a moment later. */
async function untilNone(find) {
  for (let asked = 0; find().length > 0; asked++) {
    assert.ok(asked < ASK_TIMES, find().join('\n'));
    await sleep(ASK_EVERY_MS);
  }
}
