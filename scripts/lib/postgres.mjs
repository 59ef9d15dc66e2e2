import { execFileSync, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chmod, chown, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findFree } from './ports.mjs';
import { Stop } from './Stop.mjs';

/** Where Debian and its relatives put the programs of each version. */
const DEBIAN_FOLDER = '/usr/lib/postgresql';

/** Where a test server's port is looked for from. */
const FIRST_PORT = 54_320;

/** How long a server may take to accept connections, milliseconds. */
const START_TIMEOUT_MS = 30_000;

/** Nothing of a test server has to survive a power cut. */
const FAST = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/** The folder of the newest PostgreSQL programs on this machine; undefined where there are none. */
export function findPostgres() {
  const versions = existsSync(DEBIAN_FOLDER)
    ? readdirSync(DEBIAN_FOLDER).sort((a, b) => Number(b) - Number(a))
    : [];
  return [
    ...versions.map(version => path.join(DEBIAN_FOLDER, version, 'bin')),
    ...(process.env.PATH ?? '').split(path.delimiter),
  ].find(folder => existsSync(path.join(folder, 'initdb')));
}

/**
 * Starts a PostgreSQL server of its own: a fresh folder, a free port of loopback, and a password that is asked
 * for. PostgreSQL refuses to run as root, so there it runs as `nobody`.
 *
 * @param {string} programs folder of PostgreSQL's programs
 * @returns {Promise<{ connectionString: string, stop: () => Promise<void> }>}
 */
export async function startPostgres(programs) {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-postgres-'));
  const user = chooseUser();
  const data = path.join(folder, 'data');
  const password = randomBytes(12).toString('hex');
  const passwordFile = path.join(folder, 'password');
  await writeFile(passwordFile, password);
  await chmod(folder, 0o755);
  if (user) {
    await chown(folder, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  const options = { ...user, cwd: folder };
  execFileSync(
    path.join(programs, 'initdb'),
    [
      `--pgdata=${data}`,
      '--username=postgres',
      '--auth=scram-sha-256',
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
      '--no-sync',
    ],
    { ...options, stdio: 'ignore' },
  );
  const port = await findFree(FIRST_PORT);
  const server = spawn(
    path.join(programs, 'postgres'),
    [
      '-D',
      data,
      '-p',
      String(port),
      ...[
        'listen_addresses=127.0.0.1',
        `unix_socket_directories=${folder}`,
        'max_connections=200',
        ...FAST,
      ].flatMap(setting => ['-c', setting]),
    ],
    { ...options, stdio: 'ignore', detached: true },
  );
  const ended = new Promise(resolve => server.once('close', resolve));
  const stop = async () => {
    server.kill('SIGINT');
    await ended;
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await waitUntilReady({ programs, port, server });
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    connectionString: `postgresql://postgres:${password}@127.0.0.1:${port}/postgres`,
    stop,
  };
}

async function waitUntilReady({ programs, port, server }) {
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (!isReady(programs, port)) {
    if (server.exitCode !== null || Date.now() > deadline) {
      throw new Stop(`PostgreSQL of ${programs} did not start.`);
    }
    await sleep(100);
  }
}

function isReady(programs, port) {
  try {
    execFileSync(
      path.join(programs, 'pg_isready'),
      ['-q', '-h', '127.0.0.1', '-p', String(port)],
      { stdio: 'ignore' },
    );
    return true;
  } catch {
    return false;
  }
}

function chooseUser() {
  if (process.getuid?.() !== 0) {
    return undefined;
  }
  const ask = flag =>
    Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: ask('-u'), gid: ask('-g') };
}
