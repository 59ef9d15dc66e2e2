const express = require('express');

/**
 * How long connections may go on after the process was told to stop, and how long it stays after its socket is closed: a
 * connection that the cluster was just about to hand over is given back to it meanwhile. Milliseconds.
 */
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
    server.close(() => setTimeout(() => process.exit(0), DRAIN_MS));
  }, DRAIN_MS);
});
