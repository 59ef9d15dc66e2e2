import { ResponseError } from '@backstage/errors';
import {
  ApprovalList,
  ApprovalRequest,
  ApprovalScope,
  DeploymentsApi,
  EnvironmentName,
  Gate,
  GateDecision,
  GateStatus,
  Hold,
  isFinished,
  LogLine,
  LogPage,
  Plan,
  PlanHash,
  PlanRequest,
  PlanReview,
  Release,
  RequestOptions,
  Run,
  RunFilter,
  RunId,
  RunPage,
  ServiceRef,
  ServiceState,
} from '@slipway/plugin-deployments-common';
import { OpenEnvironment } from '../environments/types';
import {
  ANA,
  fakeRunId,
  holdingOf,
  plan,
  production,
  run,
  SHOP,
  staging,
} from './fixtures';

type Method = keyof DeploymentsApi;
type Approvals = Record<ApprovalScope, ApprovalRequest[]>;

/**
 * The backend as the screens see it, in memory: it keeps services, plans, runs and logs, and can be
 * told to refuse, to be slow, or to let a plan become another one meanwhile.
 */
export class FakeDeploymentsApi implements DeploymentsApi {
  service: ServiceState = {
    serviceRef: SHOP,
    manifest: { status: 'valid', url: 'https://git.example/shop/deploy.yaml' },
    environments: [staging(), production()],
  };
  /** What the next plans come out as; the last one stays. */
  planned: Plan[] = [plan()];
  /** Plan requests and starts, as they came. */
  readonly requests: PlanRequest[] = [];
  readonly started: { planHash: PlanHash; reason?: string }[] = [];
  readonly filters: RunFilter[] = [];
  readonly decisions: Parameters<DeploymentsApi['decideRun']>[1][] = [];
  readonly holds: { reason: string }[] = [];
  readonly releases: ({ at: string } | { reason: string })[] = [];
  readonly ticks: Parameters<DeploymentsApi['tickGate']>[1][] = [];
  readonly overrides: Parameters<DeploymentsApi['overrideGate']>[1][] = [];
  /** How the gates of every plan stand. */
  planGates: GateStatus[] = [];

  readonly #runs = new Map<RunId, Run>();
  readonly #plans = new Map<PlanHash, Plan>();
  readonly #logs = new Map<RunId, LogLine[]>();
  readonly #failures = new Map<Method, Error>();
  readonly #held = new Map<Method, Promise<void>>();
  readonly #waitingForLog = new Set<() => void>();
  #approvals: Approvals = {
    mine: [],
    asked: [],
    done: [],
  };

  addRun(added: Run, log: LogLine[] = []): Run {
    this.#runs.set(added.id, added);
    this.#logs.set(added.id, log);
    return added;
  }

  addPlan(added: Plan): void {
    this.#plans.set(added.hash, added);
  }

  setApprovals(approvals: Partial<Approvals>): void {
    this.#approvals = { ...this.#approvals, ...approvals };
  }

  /** Changes a run and appends to its log, as the engine would. */
  progress(id: RunId, change: Partial<Run>, lines: LogLine[] = []): void {
    this.#runs.set(id, { ...this.#run(id), ...change });
    this.#logs.set(id, [...(this.#logs.get(id) ?? []), ...lines]);
    this.#waitingForLog.forEach(wake => wake());
  }

  /** Refuses a method from now on, until told otherwise. */
  refuse(method: Method, error: Error | undefined): void {
    if (error) {
      this.#failures.set(method, error);
    } else {
      this.#failures.delete(method);
    }
  }

  /** Lets a method wait until the returned function is called. */
  hold(method: Method): () => void {
    let release = () => {};
    this.#held.set(
      method,
      new Promise(resolve => {
        release = () => {
          this.#held.delete(method);
          resolve();
        };
      }),
    );
    return release;
  }

  async getService(_ref: ServiceRef): Promise<ServiceState> {
    await this.#pass('getService');
    return this.service;
  }

  async listReleases(_ref: ServiceRef): Promise<Release[]> {
    await this.#pass('listReleases');
    return [];
  }

  async listRuns(_ref: ServiceRef, filter: RunFilter = {}): Promise<RunPage> {
    await this.#pass('listRuns');
    this.filters.push(filter);
    const matching = [...this.#runs.values()]
      .filter(
        item =>
          (!filter.environment || item.environment === filter.environment) &&
          (!filter.phases || filter.phases.includes(item.state.phase)) &&
          (!filter.by || item.requestedBy === filter.by) &&
          (!filter.from || item.createdAt >= filter.from) &&
          (!filter.to || item.createdAt < filter.to),
      )
      .sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    const start = Number(filter.cursor ?? 0);
    const end = start + (filter.limit ?? 50);
    return {
      items: matching.slice(start, end),
      nextCursor: end < matching.length ? String(end) : null,
      total: matching.length,
    };
  }

  async listRequesters(): Promise<string[]> {
    await this.#pass('listRequesters');
    const people = [...this.#runs.values()].map(item => item.requestedBy);
    return [...new Set(people)].sort();
  }

  async createPlan(
    _ref: ServiceRef,
    request: PlanRequest,
  ): Promise<PlanReview> {
    await this.#pass('createPlan');
    this.requests.push(request);
    const [next, ...later] = this.planned;
    if (later.length > 0) {
      this.planned = later;
    }
    this.addPlan(next);
    return { ...next, gates: this.planGates };
  }

  async getPlan(hash: PlanHash): Promise<PlanReview> {
    await this.#pass('getPlan');
    const known = this.#plans.get(hash);
    if (!known) {
      throw await refusal(404, `No plan ${hash}`);
    }
    return { ...known, gates: this.planGates };
  }

  async startRun(request: {
    planHash: PlanHash;
    reason?: string;
  }): Promise<Run> {
    this.started.push(request);
    await this.#pass('startRun');
    const { content, hash } = await this.getPlan(request.planHash);
    const isGuarded = content.approvals.needed > 0;
    return this.addRun(
      run({
        id: fakeRunId(`started ${this.started.length}`),
        planHash: hash,
        environment: content.environment,
        operation: content.operation,
        from: content.from,
        to: content.to,
        reason: request.reason ?? null,
        state: isGuarded
          ? {
              phase: 'waiting-for-approval',
              given: 0,
              needed: content.approvals.needed,
              expiresAt: null,
            }
          : { phase: 'queued', position: 1, hold: null },
        startedAt: null,
        finishedAt: null,
      }),
    );
  }

  async getRun(id: RunId): Promise<Run> {
    await this.#pass('getRun');
    return this.#run(id);
  }

  async waitForRun(id: RunId): Promise<Run> {
    return this.getRun(id);
  }

  async cancelRun(id: RunId): Promise<Run> {
    await this.#pass('cancelRun');
    this.progress(id, {
      state: { phase: 'cancelled', by: 'user:default/ana' },
    });
    return this.#run(id);
  }

  async releaseRun(id: RunId, { reason }: { reason: string }): Promise<Run> {
    await this.#pass('releaseRun');
    this.releases.push({ reason });
    this.progress(id, {
      stuck: null,
      state: { phase: 'errored', problem: { message: reason } },
    });
    const { environment } = this.#run(id);
    this.#changeEnvironment(environment, { stuck: null, activeRun: null });
    return this.#run(id);
  }

  async holdEnvironment(
    _ref: ServiceRef,
    environment: EnvironmentName,
    { reason }: { reason: string },
  ): Promise<Hold> {
    await this.#pass('holdEnvironment');
    this.holds.push({ reason });
    const hold: Hold = {
      by: ANA,
      at: new Date().toISOString(),
      reason,
      runId: null,
    };
    this.#changeEnvironment(environment, { hold });
    return hold;
  }

  async releaseHold(
    _ref: ServiceRef,
    environment: EnvironmentName,
    request: { at: string },
  ): Promise<Hold> {
    await this.#pass('releaseHold');
    this.releases.push(request);
    const released = this.service.environments
      .filter(state => state.access === 'open')
      .find(({ name }) => name === environment)?.hold;
    if (!released) {
      throw await refusal(409, `${environment} is not held`);
    }
    this.#changeEnvironment(environment, { hold: null });
    return released;
  }

  async decideRun(
    id: RunId,
    decision: Parameters<DeploymentsApi['decideRun']>[1],
  ): Promise<Run> {
    await this.#pass('decideRun');
    this.decisions.push(decision);
    this.progress(id, {
      state:
        decision.decision === 'approved'
          ? { phase: 'queued', position: 1, hold: null }
          : {
              phase: 'rejected',
              by: 'user:default/raj',
              reason: decision.reason,
            },
    });
    this.#approvals.mine = this.#approvals.mine.filter(
      request => request.run.id !== id,
    );
    return this.#run(id);
  }

  async getLog(
    id: RunId,
    query: { after?: number; limit?: number } = {},
  ): Promise<LogPage> {
    await this.#pass('getLog');
    const lines = this.#logs.get(id) ?? [];
    return {
      lines: lines.slice(query.after ?? 0).slice(0, query.limit ?? 1_000),
      total: lines.length,
      finished: isFinished(this.#run(id).state.phase),
    };
  }

  async *followLog(
    id: RunId,
    query: { after: number },
    options: RequestOptions = {},
  ): AsyncIterable<LogLine[]> {
    let { after } = query;
    await this.#pass('followLog');
    while (!options.signal?.aborted) {
      const lines = (this.#logs.get(id) ?? []).slice(after);
      if (lines.length > 0) {
        after += lines.length;
        yield lines;
      } else if (isFinished(this.#run(id).state.phase)) {
        return;
      } else {
        await this.#moreLog(options.signal);
      }
    }
  }

  async tickGate(
    id: RunId,
    request: Parameters<DeploymentsApi['tickGate']>[1],
  ): Promise<Run> {
    await this.#pass('tickGate');
    this.ticks.push(request);
    return request.ticked
      ? this.#decideGate(id, request.gateId, {
          what: 'tick',
          by: ANA,
          at: new Date().toISOString(),
          reason: null,
          expiresAt: null,
        })
      : this.#decideGate(id, request.gateId, null);
  }

  async overrideGate(
    id: RunId,
    request: Parameters<DeploymentsApi['overrideGate']>[1],
  ): Promise<Run> {
    await this.#pass('overrideGate');
    this.overrides.push(request);
    return this.#decideGate(id, request.gateId, {
      what: 'override',
      by: ANA,
      at: new Date().toISOString(),
      reason: request.reason,
      expiresAt: request.expiresAt ?? null,
    });
  }

  async listApprovals(scope: ApprovalScope): Promise<ApprovalList> {
    await this.#pass('listApprovals');
    const { mine, asked, done } = this.#approvals;
    return {
      items: this.#approvals[scope],
      counts: { mine: mine.length, asked: asked.length, done: done.length },
    };
  }

  /** Takes a person's word on a gate; once all are passed, the run goes on. */
  #decideGate(id: RunId, gateId: string, decision: GateDecision | null): Run {
    const known = this.#run(id);
    const gates = known.gates.map(gate =>
      gate.id === gateId ? applyDecision(gate, decision) : gate,
    );
    const holding = holdingOf(gates);
    this.progress(id, {
      gates,
      state:
        holding.length > 0
          ? { phase: 'waiting-for-gates', holding }
          : { phase: 'queued', position: 1, hold: null },
    });
    return this.#run(id);
  }

  #changeEnvironment(
    environment: EnvironmentName,
    change: Partial<OpenEnvironment>,
  ): void {
    this.service = {
      ...this.service,
      environments: this.service.environments.map(state =>
        state.access === 'open' && state.name === environment
          ? { ...state, ...change }
          : state,
      ),
    };
  }

  #moreLog(signal: AbortSignal | undefined): Promise<void> {
    return new Promise(resolve => {
      const wake = () => {
        this.#waitingForLog.delete(wake);
        resolve();
      };
      this.#waitingForLog.add(wake);
      signal?.addEventListener('abort', wake);
    });
  }

  #run(id: RunId): Run {
    const known = this.#runs.get(id);
    if (!known) {
      throw new Error(`No run ${id}`);
    }
    return known;
  }

  async #pass(method: Method): Promise<void> {
    await this.#held.get(method);
    const failure = this.#failures.get(method);
    if (failure) {
      throw failure;
    }
  }
}

function applyDecision(gate: Gate, decision: GateDecision | null): Gate {
  if (!decision) {
    return {
      ...gate,
      decision,
      state: 'waiting',
      reason: 'Nobody has ticked it yet.',
    };
  }
  return decision.what === 'tick'
    ? { ...gate, decision, state: 'open', reason: 'ana ticked it.' }
    : {
        ...gate,
        decision,
        state: 'overridden',
        reason: `${gate.reason} ana lets this run pass: ${decision.reason}`,
      };
}

/** An answer of the backend that says no. */
export function refusal(
  statusCode: number,
  message: string,
): Promise<ResponseError> {
  const body = {
    error: { name: `Error${statusCode}`, message, requestId: 'req-7' },
    response: { statusCode },
  };
  return ResponseError.fromResponse(
    new Response(JSON.stringify(body), {
      status: statusCode,
      headers: { 'Content-Type': 'application/json' },
    }),
  );
}
