import { randomUUID } from 'node:crypto';
import { chown, rename } from 'node:fs/promises';
import net from 'node:net';
import path from 'node:path';
import { resolvePackagePath } from '@backstage/backend-plugin-api';
import type { HostUser } from './TestHost';

/** The host's own module knows the daemon's language. */
const { decode, encode } = jest.requireActual<{
  decode(bytes: Buffer): string[] | undefined;
  encode(parts: string[]): Buffer;
}>(
  path.join(
    resolvePackagePath('@slipway/plugin-deployments-backend-module-vps'),
    'host/daemon.cjs',
  ),
);

/** What PM2's daemon answers to a call. */
export type Answer = { error: string } | { args: unknown[] };

/**
 * Takes the place of PM2's daemon on its socket and passes on what it is asked, but for the first reload of each process.
 *
 * @param options.intercept gives the answer to a reload; `forward` asks the daemon
 */
export async function interceptReloads(options: {
  pm2Home: string;
  user: HostUser | undefined;
  intercept(forward: () => Promise<Answer>): Promise<Answer>;
}): Promise<{ stop(): Promise<void> }> {
  const { pm2Home, user, intercept } = options;
  const socketPath = path.join(pm2Home, 'rpc.sock');
  const daemonPath = path.join(pm2Home, `rpc.${randomUUID()}.sock`);
  const reloaded = new Set<unknown>();
  const clients = new Set<net.Socket>();
  await rename(socketPath, daemonPath);
  const server = net.createServer(async client => {
    clients.add(client);
    client.on('error', () => {}).on('close', () => clients.delete(client));
    const { bytes, parts } = await readMessage(client);
    const [call, callId] = parts;
    const { method, args } = JSON.parse(call.slice(2));
    if (method !== 'reloadProcessId' || reloaded.has(args[0].id)) {
      const daemon = net.connect(daemonPath);
      daemon.on('error', () => client.destroy());
      daemon.write(bytes);
      daemon.pipe(client).pipe(daemon);
      return;
    }
    reloaded.add(args[0].id);
    const answer = await intercept(() => forward(daemonPath, bytes));
    client.write(encode([`j:${JSON.stringify(answer)}`, callId]));
  });
  await new Promise<void>(resolve => {
    server.listen(socketPath, resolve);
  });
  if (user) {
    await chown(socketPath, user.uid, user.gid);
  }
  return {
    async stop() {
      clients.forEach(client => client.destroy());
      await new Promise(resolve => {
        server.close(resolve);
      });
    },
  };
}

async function forward(daemonPath: string, call: Buffer): Promise<Answer> {
  const daemon = net.connect(daemonPath);
  daemon.write(call);
  const { parts } = await readMessage(daemon);
  daemon.destroy();
  return JSON.parse(parts[0].slice(2));
}

function readMessage(
  socket: net.Socket,
): Promise<{ bytes: Buffer; parts: string[] }> {
  return new Promise(resolve => {
    let bytes = Buffer.alloc(0);
    socket.on('data', function receive(chunk) {
      bytes = Buffer.concat([bytes, chunk]);
      const parts = decode(bytes);
      if (parts) {
        socket.off('data', receive);
        resolve({ bytes, parts });
      }
    });
  });
}
