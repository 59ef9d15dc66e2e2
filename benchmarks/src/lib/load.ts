import http from 'node:http';

export type LoadResult = { requests: number; failed: number };

/** Clients that ask one after another until they are told to stop. */
export type Load = {
  /** How many requests were answered or failed so far. */
  count(): number;
  /** Lets every client finish its request and tells what came of them. */
  stop(): Promise<LoadResult>;
};

/**
 * Starts clients that each send GET requests to a loopback port, the next as soon as the last was answered. An
 * answer other than 200, a broken connection or 10 seconds without an answer is a failure; nothing is tried again.
 */
export function startLoad(options: {
  port: number;
  clients: number;
  keepAlive: boolean;
}): Load {
  const { port, clients, keepAlive } = options;
  const agent = new http.Agent({ keepAlive, maxSockets: clients });
  let stopping = false;
  let requests = 0;
  let failed = 0;

  async function runClient(): Promise<void> {
    while (!stopping) {
      const ok = await request(agent, port);
      requests += 1;
      failed += ok ? 0 : 1;
    }
  }

  const running = Promise.all(Array.from({ length: clients }, runClient));
  return {
    count: () => requests,
    async stop() {
      stopping = true;
      await running;
      agent.destroy();
      return { requests, failed };
    },
  };
}

function request(agent: http.Agent, port: number): Promise<boolean> {
  return new Promise(resolve => {
    const asked = http.get(
      { host: '127.0.0.1', port, path: '/', agent, timeout: 10_000 },
      answer => {
        answer.resume();
        answer.on('end', () => resolve(answer.statusCode === 200));
        answer.on('error', () => resolve(false));
        answer.on('aborted', () => resolve(false));
      },
    );
    asked.on('timeout', () => asked.destroy(new Error('no answer in 10 s')));
    asked.on('error', () => resolve(false));
  });
}
