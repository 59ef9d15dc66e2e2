const { createServer } = require('node:http');
const { charge } = require('./charge');

const { PORT = '3000', SLIPWAY_RELEASE, SLIPWAY_VERSION } = process.env;

/** How long open connections are answered with "close" before the server ends, milliseconds. */
const DRAIN_MS = 500;

let draining = false;

const server = createServer((request, response) => {
  if (draining) {
    response.setHeader('Connection', 'close');
  }
  const { status, body } = answer(
    new URL(request.url, 'http://payments.localhost'),
  );
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(JSON.stringify(body));
});

function answer(url) {
  switch (url.pathname) {
    case '/healthz':
      return {
        status: 200,
        body: {
          status: 'ok',
          release: SLIPWAY_RELEASE,
          version: SLIPWAY_VERSION,
        },
      };
    case '/charge':
      try {
        const amount = Number(url.searchParams.get('amount'));
        return { status: 200, body: charge(amount) };
      } catch (error) {
        console.error(error);
        return { status: 502, body: { status: 'failed', why: error.message } };
      }
    default:
      return { status: 404, body: { status: 'not found' } };
  }
}

server.listen(Number(PORT), '127.0.0.1', () => {
  console.log(`Payments ${SLIPWAY_VERSION} listens on ${PORT}`);
  process.send?.('ready');
});

process.once('SIGINT', () => {
  draining = true;
  setTimeout(() => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  }, DRAIN_MS);
});
