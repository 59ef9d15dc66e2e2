const { createServer } = require('node:http');
const { findProblems } = require('./health');
const { answer } = require('./routes');

const { PORT = '3000', SLIPWAY_RELEASE, SLIPWAY_VERSION } = process.env;

/** How long open connections are answered with "close" before the server ends, milliseconds. */
const DRAIN_MS = 500;

let draining = false;

const server = createServer((request, response) => {
  if (draining) {
    response.setHeader('Connection', 'close');
  }
  const url = new URL(request.url, 'http://shop.localhost');
  const { status, type, body } =
    url.pathname === '/healthz'
      ? describeHealth()
      : { status: 200, ...(answer(url) ?? { status: 404, body: 'Not found' }) };
  response.writeHead(status, { 'Content-Type': type ?? 'text/plain' });
  response.end(body);
});

function describeHealth() {
  const problems = findProblems();
  return {
    status: problems.length === 0 ? 200 : 503,
    type: 'application/json',
    body: JSON.stringify({
      status: problems.length === 0 ? 'ok' : 'failing',
      problems,
      release: SLIPWAY_RELEASE,
      version: SLIPWAY_VERSION,
    }),
  };
}

if (process.argv.includes('--check')) {
  const window = answer(new URL('http://shop.localhost/'));
  process.exit(window ? 0 : 1);
}

server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`Shop ${SLIPWAY_VERSION} listens on ${PORT}`);
  process.send?.('ready');
});

process.once('SIGINT', () => {
  draining = true;
  setTimeout(() => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  }, DRAIN_MS);
});
