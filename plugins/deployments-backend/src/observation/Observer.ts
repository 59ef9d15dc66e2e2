import { LoggerService } from '@backstage/backend-plugin-api';
import {
  EnvironmentName,
  ObservedState,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { TargetEnvironment } from '@slipway/plugin-deployments-node';
import { ChangeFeed } from '../runs/ChangeFeed';
import { RunDependencies } from '../runs/types';
import { ObservedStateStore } from '../stores';

/** How long a target may take to answer. */
const DEFAULT_TIMEOUT_MS = 30_000;

type ObservedListener = (answer: {
  serviceRef: ServiceRef;
  environment: EnvironmentName;
  observed: ObservedState;
}) => Promise<void>;

/** Asks targets what they run, and keeps their answers. */
export class Observer {
  readonly #states: ObservedStateStore;
  readonly #dependencies: Pick<RunDependencies, 'targetOf'>;
  readonly #changes: ChangeFeed;
  readonly #logger: LoggerService;
  readonly #timeoutMs: number;
  readonly #onObserved: ObservedListener;

  constructor(options: {
    states: ObservedStateStore;
    dependencies: Pick<RunDependencies, 'targetOf'>;
    changes: ChangeFeed;
    logger: LoggerService;
    timeoutMs?: number;
    /** Told of each answer once it is kept. */
    onObserved?: ObservedListener;
  }) {
    this.#states = options.states;
    this.#dependencies = options.dependencies;
    this.#changes = options.changes;
    this.#logger = options.logger;
    this.#onObserved = options.onObserved ?? (async () => {});
    this.#timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  }

  /**
   * Asks the target of an environment, keeps the answer and tells those who listen where it differs from the one before.
   * A target that does not answer in time, or breaks its word and throws, counts as not reached.
   *
   * @throws the signal's reason once it is aborted: that says nothing about the target.
   */
  async observe(
    environment: TargetEnvironment,
    options: { signal?: AbortSignal } = {},
  ): Promise<ObservedState> {
    const { serviceRef, name } = environment;
    const state = await this.#ask(environment, options.signal);
    const before = await this.#states.get(serviceRef, name);
    await this.#states.put(serviceRef, name, state);
    await this.#onObserved({
      serviceRef,
      environment: name,
      observed: state,
    });
    if (!before || !saysTheSame(before, state)) {
      this.#changes.publish({
        what: 'observed-state',
        serviceRef,
        runId: null,
      });
    }
    return state;
  }

  async #ask(
    environment: TargetEnvironment,
    outer: AbortSignal | undefined,
  ): Promise<ObservedState> {
    const late = AbortSignal.timeout(this.#timeoutMs);
    const signal = outer ? AbortSignal.any([outer, late]) : late;
    try {
      const target = this.#dependencies.targetOf(environment.spec.target.kind);
      return await Promise.race([
        target.observe({ environment, logger: this.#logger, signal }),
        rejectOnAbort(signal),
      ]);
    } catch (error) {
      outer?.throwIfAborted();
      this.#logger.warn(
        `${environment.serviceRef}#${environment.name} could not be observed`,
        error instanceof Error ? error : { error: String(error) },
      );
      return {
        reach: 'unreachable',
        askedAt: new Date().toISOString(),
        message: late.aborted
          ? `No answer within ${this.#timeoutMs / 1_000} s.`
          : 'The target could not be asked; the portal’s log says why.',
        mend: null,
      };
    }
  }
}

function rejectOnAbort(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.throwIfAborted();
    signal.addEventListener('abort', () => reject(signal.reason), {
      once: true,
    });
  });
}

/** Whether two answers differ in nothing but when they were given, and in figures that never stand still. */
function saysTheSame(one: ObservedState, other: ObservedState): boolean {
  return JSON.stringify(settle(one)) === JSON.stringify(settle(other));
}

function settle(state: ObservedState): unknown {
  return state.reach === 'reached'
    ? {
        ...state,
        askedAt: null,
        processes: state.processes.map(process => ({
          ...process,
          cpuPercent: null,
          memoryBytes: null,
        })),
      }
    : { ...state, askedAt: null };
}
