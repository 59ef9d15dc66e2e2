import { once } from 'node:events';
import { LogLine } from '@slipway/plugin-deployments-common';
import { Response } from 'express';

/** How often a quiet stream says that it is alive, so that proxies keep it open. */
const HEARTBEAT_MS = 15_000;

/**
 * Sends lines as server-sent events, no faster than the other side takes them. An event `end` tells that the
 * log is complete; a stream that ends without it broke off.
 */
export async function sendLogStream(options: {
  lines: AsyncIterable<LogLine[]>;
  response: Response;
  signal: AbortSignal;
  heartbeatMs?: number;
}): Promise<void> {
  const { lines, response, signal, heartbeatMs = HEARTBEAT_MS } = options;
  response.writeHead(200, {
    'Content-Type': 'text/event-stream',
    'Cache-Control': 'no-cache, no-transform',
    Connection: 'keep-alive',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  const heartbeat = setInterval(() => {
    if (!response.writableNeedDrain) {
      response.write(': alive\n\n');
    }
  }, heartbeatMs);
  try {
    for await (const batch of lines) {
      const event = `event: log\nid: ${batch.at(-1)?.line}\ndata: ${JSON.stringify(batch)}\n\n`;
      if (!response.write(event)) {
        await once(response, 'drain', { signal });
      }
    }
    if (!signal.aborted) {
      response.write('event: end\ndata: {}\n\n');
    }
  } catch (error) {
    // Whoever went away needs no answer.
    if (!signal.aborted) {
      throw error;
    }
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}
