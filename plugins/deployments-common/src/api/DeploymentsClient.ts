import { parseEntityRef } from '@backstage/catalog-model';
import { ResponseError } from '@backstage/errors';
import { EventSourceParserStream } from 'eventsource-parser/stream';
import { z } from 'zod';
import { EnvironmentName, PlanHash, RunId, ServiceRef } from '../ids';
import {
  ApprovalList,
  approvalListSchema,
  ApprovalScope,
  Hold,
  holdSchema,
  LogLine,
  logLineSchema,
  LogPage,
  logPageSchema,
  PlanRequest,
  PlanReview,
  planReviewSchema,
  Release,
  releaseSchema,
  Run,
  RunPage,
  runPageSchema,
  runSchema,
  ServiceState,
  serviceStateSchema,
  Trigger,
} from '../model';
import { DeploymentsApi, RequestOptions, RunFilter } from './DeploymentsApi';

/** How long a lost log stream waits before it connects again, milliseconds. */
const RECONNECT_DELAY_MS = 1_000;

/** What the client needs of the platform, in the browser and on the server alike. */
export type DeploymentsClientOptions = {
  discoveryApi: { getBaseUrl(pluginId: string): Promise<string> };
  fetchApi: { fetch: typeof fetch };
};

type Call = RequestOptions & {
  method?: 'GET' | 'POST';
  query?: Record<string, string | number | undefined>;
  body?: unknown;
};

/** The {@link DeploymentsApi} over HTTP. Answers are validated, so that a mismatch of versions shows at once. */
export class DeploymentsClient implements DeploymentsApi {
  readonly #discoveryApi: DeploymentsClientOptions['discoveryApi'];
  readonly #fetchApi: DeploymentsClientOptions['fetchApi'];

  constructor(options: DeploymentsClientOptions) {
    this.#discoveryApi = options.discoveryApi;
    this.#fetchApi = options.fetchApi;
  }

  getService(ref: ServiceRef, options?: RequestOptions): Promise<ServiceState> {
    return this.#call(serviceStateSchema, servicePath(ref), options);
  }

  listReleases(ref: ServiceRef, options?: RequestOptions): Promise<Release[]> {
    return this.#call(
      z.array(releaseSchema),
      `${servicePath(ref)}/releases`,
      options,
    );
  }

  listRuns(
    ref: ServiceRef,
    filter: RunFilter = {},
    options?: RequestOptions,
  ): Promise<RunPage> {
    const { phases, ...rest } = filter;
    return this.#call(runPageSchema, `${servicePath(ref)}/runs`, {
      ...options,
      query: { ...rest, phases: phases?.join(',') },
    });
  }

  listRequesters(ref: ServiceRef, options?: RequestOptions): Promise<string[]> {
    return this.#call(
      z.array(z.string()),
      `${servicePath(ref)}/requesters`,
      options,
    );
  }

  createPlan(
    ref: ServiceRef,
    request: PlanRequest,
    options?: RequestOptions,
  ): Promise<PlanReview> {
    return this.#call(planReviewSchema, `${servicePath(ref)}/plans`, {
      ...options,
      body: request,
    });
  }

  getPlan(hash: PlanHash, options?: RequestOptions): Promise<PlanReview> {
    return this.#call(planReviewSchema, `/plans/${hash}`, options);
  }

  startRun(
    request: { planHash: PlanHash; reason?: string; trigger?: Trigger },
    options?: RequestOptions,
  ): Promise<Run> {
    return this.#call(runSchema, '/runs', { ...options, body: request });
  }

  getRun(id: RunId, options?: RequestOptions): Promise<Run> {
    return this.#call(runSchema, `/runs/${id}`, options);
  }

  waitForRun(
    id: RunId,
    timeoutMs: number,
    options?: RequestOptions,
  ): Promise<Run> {
    return this.#call(runSchema, `/runs/${id}/wait`, {
      ...options,
      query: { timeoutMs },
    });
  }

  cancelRun(id: RunId, options?: RequestOptions): Promise<Run> {
    return this.#call(runSchema, `/runs/${id}/cancel`, {
      ...options,
      method: 'POST',
    });
  }

  releaseRun(
    id: RunId,
    request: { reason: string },
    options?: RequestOptions,
  ): Promise<Run> {
    return this.#call(runSchema, `/runs/${id}/release`, {
      ...options,
      body: request,
    });
  }

  holdEnvironment(
    ref: ServiceRef,
    environment: EnvironmentName,
    request: { reason: string },
    options?: RequestOptions,
  ): Promise<Hold> {
    return this.#call(holdSchema, `${environmentPath(ref, environment)}/hold`, {
      ...options,
      body: request,
    });
  }

  releaseHold(
    ref: ServiceRef,
    environment: EnvironmentName,
    request: { at: string },
    options?: RequestOptions,
  ): Promise<Hold> {
    return this.#call(
      holdSchema,
      `${environmentPath(ref, environment)}/hold/release`,
      { ...options, body: request },
    );
  }

  decideRun(
    id: RunId,
    decision: Parameters<DeploymentsApi['decideRun']>[1],
    options?: RequestOptions,
  ): Promise<Run> {
    return this.#call(runSchema, `/runs/${id}/approvals`, {
      ...options,
      body: decision,
    });
  }

  tickGate(
    id: RunId,
    request: Parameters<DeploymentsApi['tickGate']>[1],
    options?: RequestOptions,
  ): Promise<Run> {
    return this.#call(runSchema, `/runs/${id}/ticks`, {
      ...options,
      body: request,
    });
  }

  overrideGate(
    id: RunId,
    request: Parameters<DeploymentsApi['overrideGate']>[1],
    options?: RequestOptions,
  ): Promise<Run> {
    return this.#call(runSchema, `/runs/${id}/overrides`, {
      ...options,
      body: request,
    });
  }

  getLog(
    id: RunId,
    query: { after?: number; limit?: number } = {},
    options?: RequestOptions,
  ): Promise<LogPage> {
    return this.#call(logPageSchema, `/runs/${id}/log`, { ...options, query });
  }

  async *followLog(
    id: RunId,
    query: { after: number },
    options: RequestOptions = {},
  ): AsyncIterable<LogLine[]> {
    let after = query.after;
    while (!options.signal?.aborted) {
      try {
        const response = await this.#fetch(`/runs/${id}/log/stream`, {
          ...options,
          query: { after },
        });
        if (!response.body) {
          return;
        }
        const events = response.body
          .pipeThrough(new TextDecoderStream())
          .pipeThrough(new EventSourceParserStream());
        for await (const event of iterate(events)) {
          if (event.event === 'end') {
            return;
          }
          const lines = z.array(logLineSchema).parse(JSON.parse(event.data));
          const last = lines.at(-1);
          if (last) {
            after = last.line;
            yield lines;
          }
        }
      } catch (error) {
        if (options.signal?.aborted) {
          return;
        }
        if (error instanceof ResponseError && error.statusCode < 500) {
          throw error;
        }
      }
      await pause(RECONNECT_DELAY_MS, options.signal);
    }
  }

  listApprovals(
    scope: ApprovalScope,
    options?: RequestOptions,
  ): Promise<ApprovalList> {
    return this.#call(approvalListSchema, '/approvals', {
      ...options,
      query: { scope },
    });
  }

  async #call<T>(
    schema: z.ZodType<T>,
    path: string,
    call: Call = {},
  ): Promise<T> {
    const response = await this.#fetch(path, call);
    return schema.parse(await response.json());
  }

  async #fetch(path: string, call: Call): Promise<Response> {
    const baseUrl = await this.#discoveryApi.getBaseUrl('deployments');
    const url = new URL(`${baseUrl}${path}`);
    for (const [name, value] of Object.entries(call.query ?? {})) {
      if (value !== undefined) {
        url.searchParams.set(name, String(value));
      }
    }
    const response = await this.#fetchApi.fetch(url.toString(), {
      method: call.method ?? (call.body === undefined ? 'GET' : 'POST'),
      signal: call.signal,
      headers: {
        ...(call.body !== undefined && { 'Content-Type': 'application/json' }),
        ...(call.token && { Authorization: `Bearer ${call.token}` }),
      },
      body: call.body === undefined ? undefined : JSON.stringify(call.body),
    });
    if (!response.ok) {
      throw await ResponseError.fromResponse(response);
    }
    return response;
  }
}

function servicePath(ref: ServiceRef): string {
  const { kind, namespace, name } = parseEntityRef(ref);
  return `/services/${[kind, namespace, name]
    .map(encodeURIComponent)
    .join('/')}`;
}

function environmentPath(
  ref: ServiceRef,
  environment: EnvironmentName,
): string {
  return `${servicePath(ref)}/environments/${encodeURIComponent(environment)}`;
}

/** A stream's values; browsers do not all make streams iterable themselves. */
async function* iterate<T>(stream: ReadableStream<T>): AsyncIterable<T> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) {
        return;
      }
      yield value;
    }
  } finally {
    await reader.cancel();
  }
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
