import { ReleaseKind } from '@slipway/plugin-deployments-node/testUtils';

/** How long the sample application waits at most, milliseconds, until all who keep a connection were told that it goes. */
const DRAIN_MS = 1_000;

/** How long one of the kind that dies lives once it is ready, milliseconds. */
const LIFE_MS = 150;

const SERVER = `
const cluster = require('node:cluster');
const http = require('node:http');
const { readFileSync } = require('node:fs');
const { greet } = require('greeting');

const behaviour = readFileSync(__dirname + '/behaviour', 'utf8').trim();
const { PORT, MAIN_PORT, SLIPWAY_RELEASE } = process.env;
let draining = false;
const connections = new Set();
const told = new WeakSet();

if (behaviour === 'crashes at boot') {
  throw new Error('cannot find the configuration');
}
if (process.env.PRINT_SECRET) {
  console.log('the password is ' + process.env.DB_PASSWORD);
}
const isServing = PORT === MAIN_PORT;
const isHealthy =
  behaviour !== 'unhealthy' &&
  !(behaviour === 'unhealthy-once-serving' && isServing);

const server = http.createServer((request, response) => {
  if (draining) {
    response.setHeader('Connection', 'close');
    told.add(request.socket);
  }
  response.setHeader('Content-Type', 'application/json');
  response.statusCode = request.url === '/healthz' && !isHealthy ? 500 : 200;
  response.end(JSON.stringify({
    status: isHealthy ? 'ok' : 'broken',
    greeting: greet(),
    password: process.env.DB_PASSWORD,
    release: SLIPWAY_RELEASE,
  }));
});
server.on('connection', socket => {
  connections.add(socket);
  socket.once('close', () => connections.delete(socket));
});
if (behaviour !== 'never ready') {
  server.listen(PORT, () => {
    if (process.send && behaviour !== 'never says that it is ready') {
      process.send('ready');
    }
  });
} else {
  setInterval(() => {}, 1000);
}
if (behaviour === 'dies-once-serving' && isServing) {
  server.on('listening', () => setTimeout(() => process.exit(1), ${LIFE_MS}));
}
process.on('SIGINT', () => {
  draining = true;
  const until = Date.now() + ${DRAIN_MS};
  const timer = setInterval(() => {
    const areAllTold = [...connections].every(socket => told.has(socket));
    if (!areAllTold && Date.now() < until) {
      return;
    }
    clearInterval(timer);
    if (cluster.worker) {
      cluster.worker.once('disconnect', () => process.exit(0)).disconnect();
    } else {
      server.close(() => process.exit(0));
    }
  }, 10);
});
`;

/** What a release of the sample application may do wrong, beside what all targets are tried with. */
export type Behaviour =
  | ReleaseKind
  | 'crashes at boot'
  | 'never ready'
  | 'never says that it is ready';

/**
 * A small HTTP application with one dependency that lies in its own repository, so that `npm ci` has something to do
 * and needs no registry.
 */
export function createSampleFiles(
  behaviour: Behaviour,
): Record<string, string> {
  return {
    'server.js': SERVER,
    behaviour,
    'package.json': JSON.stringify({
      name: 'sample',
      version: '1.0.0',
      private: true,
      dependencies: { greeting: 'file:vendor/greeting' },
    }),
    'package-lock.json': JSON.stringify({
      name: 'sample',
      version: '1.0.0',
      lockfileVersion: 3,
      requires: true,
      packages: {
        '': {
          name: 'sample',
          version: '1.0.0',
          dependencies: { greeting: 'file:vendor/greeting' },
        },
        'node_modules/greeting': { resolved: 'vendor/greeting', link: true },
        'vendor/greeting': { version: '1.0.0' },
      },
    }),
    'vendor/greeting/package.json': JSON.stringify({
      name: 'greeting',
      version: '1.0.0',
      main: 'index.js',
    }),
    'vendor/greeting/index.js': "exports.greet = () => 'hello';\n",
  };
}
