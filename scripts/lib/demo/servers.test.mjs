import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, watch } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import {
  killAll,
  listDescendants,
  listProcesses,
  untilGone,
} from '../processes.mjs';
import { bringPm2, bringToolchain } from '../tools.mjs';
import { createServers } from './servers.mjs';

let state;
let tools;
/** The processes that a test began with. */
let begun;

beforeEach(async () => {
  state = await mkdtemp(path.join(os.tmpdir(), 'slipway-servers-'));
  begun = [];
  tools = { toolchain: await bringToolchain(), pm2: await bringPm2() };
});

afterEach(async () => {
  killAll(listOurs());
  await rm(state, { recursive: true, force: true });
});

/** PM2, whose command names its home, pm2 commands, and services. */
function listOurs() {
  const processes = listProcesses();
  const named = processes.filter(({ command }) => command.includes(state));
  return [
    ...named.flatMap(({ pid }) => [pid, ...listDescendants(pid, processes)]),
    ...processes.map(({ pid }) => pid).filter(pid => begun.includes(pid)),
  ];
}

/** Servers of which one runs a service that hears no signal but the last. */
async function startServers({ pm2 = tools.pm2 } = {}) {
  const server = path.join(state, 'servers', 'stubborn');
  await mkdir(path.join(server, '.slipway'), { recursive: true });
  await mkdir(path.join(server, 'current'));
  await writeFile(
    path.join(server, 'current', 'server.js'),
    "process.on('SIGINT', () => {}); process.on('disconnect', () => {}); setInterval(() => {}, 1000);",
  );
  await writeFile(
    path.join(server, '.slipway', 'ecosystem.json'),
    JSON.stringify({
      apps: [
        {
          name: 'stubborn',
          script: path.join(server, 'current', 'server.js'),
          kill_timeout: 60_000,
        },
      ],
    }),
  );
  const servers = createServers({ state, toolchain: tools.toolchain, pm2 });
  await servers.start();
  begun = listOurs();
  assert.equal(begun.length, 2, 'PM2 and the service');
  return servers;
}

/** A pm2 of which one command is another one. */
async function writePm2({ kill }) {
  const folder = path.join(state, 'bin');
  await mkdir(folder);
  const program = path.join(folder, 'pm2');
  await writeFile(
    program,
    `#!/bin/sh\ncase "$1" in kill) ${kill};; *) exec "${tools.pm2}/pm2" "$@";; esac\n`,
  );
  await chmod(program, 0o755);
  return folder;
}

describe('servers of the demo', () => {
  it('given a pm2 that says it ended PM2 and did not, then PM2 and its services are ended all the same', async () => {
    const servers = await startServers({
      pm2: await writePm2({ kill: 'exit 0' }),
    });

    await servers.stop();

    await untilGone(begun);
    assert.deepEqual(listOurs(), []);
  });

  it('given they are killed while pm2 is ending them, then nothing is left, and nothing starts PM2 again', async () => {
    const killing = path.join(state, 'killing');
    const servers = await startServers({
      // As the real one: without a daemon it starts one, to end it.
      pm2: await writePm2({
        kill: `touch "${killing}"; while kill -0 "$(cat "$PM2_HOME/pm2.pid")"; do sleep 0.1; done; exec "${tools.pm2}/pm2" ping`,
      }),
    });
    const watcher = watch(state);
    const stopped = servers.stop();
    while (!existsSync(killing)) {
      await once(watcher, 'change');
    }
    watcher.close();

    servers.kill();
    await stopped;

    await untilGone(begun);
    assert.deepEqual(listOurs(), []);
  });
});
