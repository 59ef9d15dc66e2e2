import http from 'node:http';

/** How long a user waits for an answer. */
const PATIENCE_MS = 10_000;

/** Users that ask one after the other, without a pause, until they are told to stop. */
export function startUsers(url: string, count: number) {
  const failures: string[] = [];
  let requests = 0;
  let stopped = false;

  async function use(agent: http.Agent): Promise<void> {
    while (!stopped) {
      requests += 1;
      await ask(url, agent).catch(error => failures.push(String(error)));
    }
    agent.destroy();
  }

  // Half of them keep their connection, the others open one for each request.
  const users = Array.from({ length: count }, (_, index) =>
    use(new http.Agent({ keepAlive: index % 2 === 0, maxSockets: 1 })),
  );
  return {
    async stop() {
      stopped = true;
      await Promise.all(users);
      return { requests, failures };
    },
  };
}

function ask(url: string, agent: http.Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent, timeout: PATIENCE_MS }, answer => {
      answer.resume();
      answer.once('end', () =>
        answer.statusCode === 200
          ? resolve()
          : reject(new Error(`answered ${answer.statusCode}`)),
      );
    });
    request.once('timeout', () =>
      request.destroy(new Error(`no answer within ${PATIENCE_MS} ms`)),
    );
    request.once('error', reject);
  });
}
