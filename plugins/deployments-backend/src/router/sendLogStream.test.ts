import { once } from 'node:events';
import { createServer, get, IncomingMessage, Server } from 'node:http';
import { AddressInfo } from 'node:net';
import { LogLine } from '@slipway/plugin-deployments-common';
import express from 'express';
import { sendLogStream } from './sendLogStream';

function createLine(line: number, text = `line ${line}`): LogLine {
  return {
    line,
    step: 0,
    at: '2026-11-20T10:00:00.000Z',
    stream: 'stdout',
    text,
  };
}

describe('sendLogStream', () => {
  let server: Server | undefined;

  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** Serves lines over a real connection, and tells when the stream has ended on this side. */
  async function serve(
    lines: (signal: AbortSignal) => AsyncIterable<LogLine[]>,
    heartbeatMs?: number,
  ): Promise<{ answer: IncomingMessage; ended: Promise<void> }> {
    const app = express();
    const ended = new Promise<void>((resolve, reject) => {
      app.get('/', (_, response) => {
        const controller = new AbortController();
        response.once('close', () => controller.abort());
        const { signal } = controller;
        sendLogStream({
          lines: lines(signal),
          response,
          signal,
          heartbeatMs,
        }).then(resolve, reject);
      });
    });
    // Whoever looks at how it ended does so later.
    ended.catch(() => undefined);
    server = createServer(app).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const request = get({ port, host: '127.0.0.1', path: '/' });
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    return { answer: answer.setEncoding('utf8'), ended };
  }

  async function readAll(answer: IncomingMessage): Promise<string> {
    let text = '';
    for await (const chunk of answer) {
      text += chunk;
    }
    return text;
  }

  it('given lines, then each batch is an event whose id is its last line, and `end` comes last', async () => {
    const { answer } = await serve(async function* two() {
      yield [createLine(1, 'a\nb'), createLine(2)];
      yield [createLine(3)];
    });

    expect(answer.headers).toMatchObject({
      'content-type': 'text/event-stream',
      'cache-control': 'no-cache, no-transform',
    });
    expect(await readAll(answer)).toBe(
      [
        `event: log\nid: 2\ndata: ${JSON.stringify([createLine(1, 'a\nb'), createLine(2)])}\n\n`,
        `event: log\nid: 3\ndata: ${JSON.stringify([createLine(3)])}\n\n`,
        'event: end\ndata: {}\n\n',
      ].join(''),
    );
  });

  it('given a log in which nothing happens, then the stream says that it is alive', async () => {
    const { answer } = await serve(async function* quiet(signal) {
      await once(signal, 'abort');
      yield* [];
    }, 5);

    const [chunk] = await once(answer, 'data');
    expect(chunk).toMatch(/^(: alive\n\n)+$/);
    answer.destroy();
  });

  it('given someone who goes away, then no more lines are read, and the stream is over without an error', async () => {
    let isClosed = false;
    const { answer, ended } = await serve(async function* endless(signal) {
      try {
        for (let i = 1; !signal.aborted; i++) {
          yield [createLine(i)];
          await new Promise(setImmediate);
        }
      } finally {
        isClosed = true;
      }
    });
    await once(answer, 'data');
    answer.destroy();

    await expect(ended).resolves.toBeUndefined();
    expect(isClosed).toBe(true);
  });

  it('given someone who reads slowly, then lines wait where they are instead of piling up in memory', async () => {
    const batches = 400;
    const text = 'x'.repeat(100_000);
    let given = 0;
    const { answer } = await serve(async function* large() {
      for (let i = 1; i <= batches; i++) {
        given = i;
        yield [createLine(i, text)];
      }
    });
    answer.pause();
    // What is given stands still once the connection is full: as many turns pass as would have given everything.
    for (let turn = 0; turn < 4 * batches; turn++) {
      await new Promise(setImmediate);
    }
    expect(given).toBeLessThan(batches);

    const all = await readAll(answer.resume());
    expect(given).toBe(batches);
    expect(all.endsWith('event: end\ndata: {}\n\n')).toBe(true);
  });

  it('given a log that cannot be read on, then the stream breaks off without an `end`', async () => {
    const { answer, ended } = await serve(async function* broken() {
      yield [createLine(1)];
      throw new Error('the database went away');
    });

    expect(await readAll(answer)).not.toContain('event: end');
    await expect(ended).rejects.toThrow('the database went away');
  });
});
