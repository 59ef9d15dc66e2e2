// @ts-check
const net = require('node:net');

/** PM2's daemon does not run: nobody listens on its socket. */
class NoDaemonError extends Error {}

/**
 * One call to PM2's daemon over its socket, which takes milliseconds where starting the command line takes half a second.
 * A message is a byte of version and count, then each part with its length; parts are `j:` and JSON, or `s:` and text;
 * the last is an id that comes back with the answer.
 *
 * @param {string} socketPath
 * @param {{ method: string, argument: object, timeoutMs: number }} call
 * @returns {Promise<any>} rejects with NoDaemonError, or with what the daemon says
 */
function askDaemon(socketPath, { method, argument, timeoutMs }) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(socketPath);
    /** @type {Buffer[]} */
    const received = [];
    socket.setTimeout(timeoutMs, () =>
      socket.destroy(new Error('PM2 does not answer')),
    );
    socket.once('connect', () =>
      socket.write(
        encode([
          `j:${JSON.stringify({ type: 'call', method, args: [argument] })}`,
          's:slipway:0',
        ]),
      ),
    );
    socket.on('data', chunk => {
      received.push(chunk);
      try {
        const parts = decode(Buffer.concat(received));
        if (parts) {
          socket.destroy();
          resolve(readAnswer(parts));
        }
      } catch (error) {
        socket.destroy();
        reject(error);
      }
    });
    socket.once('error', (/** @type {any} */ error) => {
      reject(
        error.code === 'ENOENT' || error.code === 'ECONNREFUSED'
          ? new NoDaemonError('PM2 does not run')
          : error,
      );
    });
    socket.once('close', () => reject(new Error('PM2 gave no answer')));
  });
}

/**
 * @param {string[]} parts
 * @returns {unknown} what the daemon gives back
 */
function readAnswer([text = '']) {
  const { error, args } = parseAnswer(text);
  if (error) {
    throw new Error(`PM2: ${error}`);
  }
  return args[0];
}

/** @param {string} text */
function parseAnswer(text) {
  try {
    const { error, args } = JSON.parse(text.slice(2));
    if (error || Array.isArray(args)) {
      return { error, args };
    }
  } catch {
    // It is said below.
  }
  throw new Error(
    'PM2 gave an answer that is none: what listens on its socket?',
  );
}

/** @param {string[]} parts */
function encode(parts) {
  const encoded = parts.map(part => {
    const bytes = Buffer.from(part);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  });
  return Buffer.concat([Buffer.from([0x10 | parts.length]), ...encoded]);
}

/**
 * @param {Buffer} bytes
 * @returns {string[] | undefined} undefined as long as some are missing
 */
function decode(bytes) {
  const parts = [];
  let offset = 1;
  for (let left = bytes[0] & 0x0f; left > 0; left--) {
    if (bytes.length < offset + 4) {
      return undefined;
    }
    const end = offset + 4 + bytes.readUInt32BE(offset);
    if (bytes.length < end) {
      return undefined;
    }
    parts.push(bytes.toString('utf8', offset + 4, end));
    offset = end;
  }
  return parts;
}

module.exports = { NoDaemonError, askDaemon, decode, encode };
