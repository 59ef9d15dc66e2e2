import { createServer } from 'node:net';

/** Loopback in both families: what listens on all interfaces is in the way of either. */
const HOSTS = ['127.0.0.1', '::1'];

/**
 * Whether nothing listens on a port of this machine.
 *
 * @param {number} port
 */
export async function isFree(port) {
  for (const host of HOSTS) {
    if (!(await canListen(port, host))) {
      return false;
    }
  }
  return true;
}

/**
 * The first free port from a preferred one on, at most 50 further, and never one of those taken already.
 *
 * @param {number} preferred
 * @param {readonly number[]} [taken]
 */
export async function findFree(preferred, taken = []) {
  for (let port = preferred; port <= preferred + 50; port++) {
    if (!taken.includes(port) && (await isFree(port))) {
      return port;
    }
  }
  throw new Error(`No port is free between ${preferred} and ${preferred + 50}`);
}

function canListen(port, host) {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (/** @type {NodeJS.ErrnoException} */ error) => {
      switch (error.code) {
        case 'EADDRINUSE':
        case 'EACCES':
          resolve(false);
          break;
        // A machine without IPv6 has nothing there that could be in the way.
        case 'EADDRNOTAVAIL':
        case 'EAFNOSUPPORT':
          resolve(true);
          break;
        default:
          reject(error);
      }
    });
    server.listen({ port, host, exclusive: true }, () =>
      server.close(() => resolve(true)),
    );
  });
}
