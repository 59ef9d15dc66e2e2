const cluster = require('node:cluster');
const express = require('express');

/** How long kept connections are answered and sent away, before the process takes no more, milliseconds. */
const DRAIN_MS = 250;

const app = express();
let draining = false;

app.use((_request, response, next) => {
  if (draining) {
    response.set('Connection', 'close');
  }
  next();
});
app.get('/', (_request, response) => response.send('hello'));
app.get('/healthz', (_request, response) =>
  response.json({ status: 'ok', release: process.env.SLIPWAY_RELEASE }),
);

const server = app.listen(Number(process.env.PORT), '127.0.0.1', () => {
  process.send?.('ready');
});

process.on('SIGINT', () => {
  draining = true;
  setTimeout(() => {
    if (cluster.worker) {
      // The cluster hands over no connection any more once this is done.
      cluster.worker.once('disconnect', () => process.exit(0)).disconnect();
    } else {
      server.close(() => process.exit(0));
    }
  }, DRAIN_MS);
});
