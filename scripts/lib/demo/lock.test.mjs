import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { lock } from './lock.mjs';

let folder;
let state;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-lock-'));
  state = path.join(folder, 'demo');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('lock', () => {
  it('names the process that holds it', async () => {
    const holder = spawn(process.execPath, ['-e', 'process.stdin.resume()']);
    try {
      await writeFile(`${state}.lock`, String(holder.pid));
      await assert.rejects(lock(state), {
        name: 'Stop',
        message: new RegExp(`runs already, as process ${holder.pid}`),
      });
    } finally {
      holder.kill();
    }
  });

  it('takes the place of a holder that is gone', async () => {
    const gone = spawn(process.execPath, ['-e', '']);
    await new Promise(resolve => gone.once('close', resolve));
    await writeFile(`${state}.lock`, String(gone.pid));
    await lock(state);
  });

  it('can be taken again once it was given back', async () => {
    const release = await lock(state);
    release();
    await lock(state);
  });
});
