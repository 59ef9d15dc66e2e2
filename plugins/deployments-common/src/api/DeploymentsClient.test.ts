import { runIdSchema, serviceRefSchema } from '../ids';
import { LogLine } from '../model';
import { DeploymentsClient } from './DeploymentsClient';

const RUN = runIdSchema.parse('6f2c1e0a-2d5b-4c39-9d63-0c1a2b3c4d5e');
const SHOP = serviceRefSchema.parse('component:default/shop');

function line(number: number): LogLine {
  return {
    line: number,
    step: 0,
    at: '2026-11-20T10:00:00.000Z',
    stream: 'stdout',
    text: `line ${number}`,
  };
}

/** Server-sent events of log lines, as the backend writes them. */
function stream(...parts: string[]): Response {
  return new Response(parts.join(''), {
    headers: { 'Content-Type': 'text/event-stream' },
  });
}

function logEvent(...lines: LogLine[]): string {
  return `event: log\nid: ${lines.at(-1)?.line}\ndata: ${JSON.stringify(
    lines,
  )}\n\n`;
}

function createClient(answers: Array<() => Response | Promise<Response>>) {
  const requests: Array<{ url: URL; init: RequestInit }> = [];
  const client = new DeploymentsClient({
    discoveryApi: {
      getBaseUrl: async plugin => `http://portal.test/api/${plugin}`,
    },
    fetchApi: {
      fetch: async (url, init = {}) => {
        requests.push({ url: new URL(String(url)), init });
        const answer = answers[requests.length - 1];
        if (!answer) {
          throw new Error('no further request was expected');
        }
        return answer();
      },
    },
  });
  return { client, requests };
}

async function collect(lines: AsyncIterable<LogLine[]>): Promise<number[]> {
  const numbers: number[] = [];
  for await (const batch of lines) {
    numbers.push(...batch.map(({ line: number }) => number));
  }
  return numbers;
}

describe('DeploymentsClient', () => {
  it('given a service reference, when its state is read, then each part of the path is encoded and the answer validated', async () => {
    const { client, requests } = createClient([
      () =>
        Response.json({
          serviceRef: SHOP,
          manifest: { status: 'valid', url: 'http://forge.test/deploy.yaml' },
          environments: [],
        }),
      () => Response.json({ serviceRef: SHOP }),
    ]);

    await expect(client.getService(SHOP)).resolves.toMatchObject({
      serviceRef: SHOP,
    });
    expect(requests[0].url.pathname).toBe(
      '/api/deployments/services/component/default/shop',
    );
    await expect(client.getService(SHOP)).rejects.toThrow(/environments/);
  });

  it('given an answer that says no, then its sentence is in the error', async () => {
    const { client } = createClient([
      () =>
        Response.json(
          {
            error: { name: 'ConflictError', message: 'The plan changed.' },
            request: { method: 'POST', url: '/runs' },
            response: { statusCode: 409 },
          },
          { status: 409, statusText: 'Conflict' },
        ),
    ]);

    await expect(client.cancelRun(RUN)).rejects.toMatchObject({
      statusCode: 409,
      body: { error: { message: 'The plan changed.' } },
    });
  });

  it('given a log stream that breaks off, when it is followed, then it goes on after the last line, without loss or repetition', async () => {
    const { client, requests } = createClient([
      () => stream(logEvent(line(1), line(2)), 'event: log\nda'),
      () => Promise.reject(new TypeError('network is down')),
      () => stream(logEvent(line(3)), 'event: end\ndata: {}\n\n'),
    ]);

    await expect(collect(client.followLog(RUN, { after: 0 }))).resolves.toEqual(
      [1, 2, 3],
    );
    expect(requests.map(({ url }) => url.searchParams.get('after'))).toEqual([
      '0',
      '2',
      '2',
    ]);
  });

  it('given a person without permission, when a log is followed, then it ends at once with the refusal', async () => {
    const { client, requests } = createClient([
      () => Response.json({ error: { message: 'no' } }, { status: 403 }),
    ]);

    await expect(
      collect(client.followLog(RUN, { after: 0 })),
    ).rejects.toMatchObject({ statusCode: 403 });
    expect(requests).toHaveLength(1);
  });
});
