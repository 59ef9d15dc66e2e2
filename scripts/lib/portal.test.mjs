import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import { startPortal } from './portal.mjs';
import { killAll, listProcesses, untilGone } from './processes.mjs';

/** A backend that has begun a migration in a process group of its own, and ends when it is told to. */
const BACKEND = `
const { spawn } = require('node:child_process');
const { writeFileSync } = require('node:fs');
const migration = spawn(process.execPath, ['-e', process.env.MIGRATION], { detached: true, stdio: 'ignore' });
writeFileSync(process.env.FOLDER + '/migration', String(migration.pid));
process.once('SIGTERM', () => process.exit(0));
setInterval(() => {}, 1000);
`;

/** Goes on until it is allowed to end. */
const MIGRATION = `
const { existsSync } = require('node:fs');
setInterval(() => existsSync(process.env.FOLDER + '/go') && process.exit(), 20);
`;

let folder;
let migration;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-portal-'));
  migration = undefined;
});

afterEach(async () => {
  if (migration) {
    killAll([migration]);
  }
  await rm(folder, { recursive: true, force: true });
});

async function startBackend() {
  const node = path.join(folder, 'node');
  const script = path.join(folder, 'backend.cjs');
  await writeFile(script, BACKEND);
  await writeFile(node, `#!/bin/sh\nexec "${process.execPath}" "${script}"\n`);
  await chmod(node, 0o755);
  const portal = startPortal({
    toolchain: { node, path: [] },
    port: 0,
    configs: [],
    variables: { FOLDER: folder, MIGRATION },
    logFile: path.join(folder, 'portal.log'),
    pidFile: path.join(folder, 'portal.pid'),
  });
  const noted = path.join(folder, 'migration');
  while (!existsSync(noted) || !(await readFile(noted, 'utf8'))) {
    await setTimeout(20);
  }
  migration = Number(await readFile(noted, 'utf8'));
  return portal;
}

function goesOn(process) {
  return listProcesses().some(({ pid }) => pid === process);
}

describe('portal', () => {
  it('given a migration under way, then its stop waits for the end of it, and says so', async () => {
    const portal = await startBackend();
    const said = [];

    await portal.stop(detail => {
      said.push(detail);
      if (/goes to its end/.test(detail)) {
        assert.ok(goesOn(migration));
        return writeFile(path.join(folder, 'go'), '');
      }
    });

    assert.equal(goesOn(migration), false);
    assert.match(said.join('\n'), /a command that a run began goes to its end/);
  });

  it('given a migration under way, then it does not outlive a portal that is killed', async () => {
    const portal = await startBackend();

    portal.kill();
    await portal.ended;

    assert.ok(await untilGone([migration], { timeoutMs: 5_000 }));
  });
});
