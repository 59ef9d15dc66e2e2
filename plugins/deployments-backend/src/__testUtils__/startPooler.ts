import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { AddressInfo, createServer } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { findProgram } from '@slipway/plugin-deployments-node/testUtils';

/** Starts a PgBouncer in transaction mode in front of a database. It asks nobody for a password. */
export async function startPooler(database: {
  host: string;
  port: number;
  user: string;
  password: string;
  name: string;
}): Promise<{ port: number; stop(): Promise<void> }> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'slipway-pooler-'));
  const port = await findFreePort();
  const file = path.join(folder, 'pgbouncer.ini');
  const { host, user, password, name } = database;
  await writeFile(
    file,
    [
      '[databases]',
      `${name} = host=${host} port=${database.port} dbname=${name} user=${user} password=${password}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'auth_type = any',
      'pool_mode = transaction',
      'unix_socket_dir =',
    ].join('\n'),
    { mode: 0o644 },
  );
  const isRoot = process.getuid?.() === 0;
  const child = spawn(
    findProgram('pgbouncer') ?? 'pgbouncer',
    [...(isRoot ? ['-u', 'nobody'] : []), file],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(child, 'close');
  for await (const text of child.stderr) {
    if (String(text).includes('process up')) {
      break;
    }
  }
  child.stderr.resume();
  return {
    port,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function findFreePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
