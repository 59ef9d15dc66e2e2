// @ts-check
const http = require('node:http');
const net = require('node:net');

/** How long one request may take until its answer is whole, milliseconds. */
const REQUEST_TIMEOUT_MS = 5_000;

/** How much of an answer is read. */
const MAX_BODY_BYTES = 1024 * 1024;

/** How soon a process that is not ready is asked again, milliseconds. */
const POLL_MS = 40;

/**
 * One request over a connection of its own, so that each may meet another process.
 *
 * @param {number} port
 * @param {string} path
 * @param {AbortSignal} signal
 * @returns {Promise<{ status: number, body: string }>}
 */
function request(port, path, signal) {
  const bound = AbortSignal.any([
    signal,
    AbortSignal.timeout(REQUEST_TIMEOUT_MS),
  ]);
  return new Promise((resolve, refuse) => {
    /** @param {Error} error */
    const reject = error =>
      refuse(bound.aborted ? new Error('no whole answer in time') : error);
    const call = http.get(
      { host: 'localhost', port, path, agent: false, signal: bound },
      answer => {
        let body = '';
        answer.setEncoding('utf8');
        answer.on('data', text => {
          body += text;
          if (body.length > MAX_BODY_BYTES) {
            answer.destroy(new Error('the answer is longer than 1 MB'));
          }
        });
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, body }),
        );
        answer.on('error', reject);
      },
    );
    call.on('error', reject);
  });
}

/**
 * Asks an application how it is.
 *
 * @param {number} port
 * @param {import('./types').Site['health']} health
 * @param {AbortSignal} signal
 * @returns {Promise<import('./types').HealthAnswer>}
 */
async function askHealth(port, { path, releaseField }, signal) {
  try {
    const { status, body } = await request(port, path, signal);
    const release =
      releaseField === null ? null : readField(body, releaseField);
    const ok = status >= 200 && status < 300;
    return {
      ok,
      isWhole: true,
      release,
      reason: ok ? null : `${path} answers ${status}`,
    };
  } catch (error) {
    return {
      ok: false,
      isWhole: false,
      release: null,
      reason: describe(error, path),
    };
  }
}

/**
 * @param {any} error
 * @param {string} path
 */
function describe(error, path) {
  return error?.code === 'ECONNREFUSED' || error?.errors
    ? 'nothing listens on its port'
    : `${path} does not answer: ${error?.message ?? error}`;
}

/**
 * @param {string} body
 * @param {string} field dots go deeper
 */
function readField(body, field) {
  try {
    const value = field
      .split('.')
      .reduce((object, name) => object?.[name], JSON.parse(body));
    return typeof value === 'string' ? value : null;
  } catch {
    return null;
  }
}

/**
 * Whether something accepts connections on a port.
 *
 * @param {number} port
 * @returns {Promise<boolean>}
 */
function isListening(port) {
  return new Promise(resolve => {
    const socket = net.connect({ host: 'localhost', port });
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** @returns {Promise<number>} a port that nothing listens on */
function findFreePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer();
    server.once('error', reject);
    server.listen(0, () => {
      const address = server.address();
      server.close(() =>
        resolve(typeof address === 'object' && address ? address.port : 0),
      );
    });
  });
}

/** @param {number} [ms] */
function pause(ms = POLL_MS) {
  return new Promise(resolve => {
    setTimeout(resolve, ms);
  });
}

module.exports = { request, askHealth, isListening, findFreePort, pause };
