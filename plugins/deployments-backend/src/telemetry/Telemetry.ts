import {
  MetricsService,
  TracingService,
  TracingServiceSpan,
  TracingServiceSpanOptions,
} from '@backstage/backend-plugin-api/alpha';
import {
  isFinished,
  Operation,
  RunPhase,
} from '@slipway/plugin-deployments-common';
import { StepFailedError } from '@slipway/plugin-deployments-node';
import { ClaimLostError } from '../engine';
import { RunRecord } from '../stores';
import { createInstruments, Instruments } from './instruments';

/** What is done with a step. */
export type StepCall = 'run' | 'reconcile' | 'undo';

type MeasuredStep = {
  call: StepCall;
  step: string;
  stage: string;
  operation: Operation;
  targetKind: string;
  /** What the step was told to stop by. */
  signal: AbortSignal;
};

/** What the environments of all services are like at a moment. */
export type Survey = {
  unfinished: ReadonlyMap<RunPhase, number>;
  held: number;
  stuck: number;
};

/** What can be seen of runs from outside: metrics and traces. Without services it sees nothing, and everything goes on as with them. */
export class Telemetry {
  readonly #tracing: TracingService | undefined;
  readonly #metrics: MetricsService | undefined;
  readonly #instruments: Instruments | undefined;

  constructor(
    services: { metrics?: MetricsService; tracing?: TracingService } = {},
  ) {
    this.#tracing = services.tracing;
    this.#metrics = services.metrics;
    this.#instruments = services.metrics && createInstruments(services.metrics);
  }

  /** Somebody asked for a run. */
  noteStart({ operation, trigger }: RunRecord): void {
    this.#instruments?.started.add(1, {
      'deployments.operation': operation,
      'deployments.trigger': trigger,
    });
  }

  /** What became of a run between two looks at it, by whoever has looked both times. */
  noteChange(before: RunRecord, after: RunRecord): void {
    if (isFinished(before.phase)) {
      return;
    }
    const operation = { 'deployments.operation': after.operation };
    if (
      before.phase === 'waiting-for-approval' &&
      after.phase !== 'waiting-for-approval' &&
      after.phase !== 'cancelled'
    ) {
      this.#instruments?.approvalWait.record(
        secondsBetween(before.phaseSince, after.phaseSince),
        {
          ...operation,
          'deployments.decision':
            after.phase === 'rejected' ? 'rejected' : 'approved',
        },
      );
    }
    if (before.phase === 'queued' && after.startedAt) {
      this.#instruments?.queueWait.record(
        secondsBetween(before.phaseSince, after.startedAt),
        { ...operation, 'deployments.trigger': after.trigger },
      );
    }
    if (isFinished(after.phase)) {
      const end = { ...operation, 'deployments.outcome': after.phase };
      this.#instruments?.ended.add(1, {
        ...end,
        'deployments.rolled_back': after.rolledBackTo !== null,
      });
      if (after.startedAt && after.finishedAt) {
        this.#instruments?.duration.record(
          secondsBetween(after.startedAt, after.finishedAt),
          end,
        );
      }
    }
  }

  noteLog(bytes: number): void {
    this.#instruments?.logBytes.add(bytes);
  }

  /** Takes a run further, within the trace in which it was asked for. */
  async advance<T>(run: RunRecord, work: () => Promise<T>): Promise<T> {
    const attributes = { 'deployments.operation': run.operation };
    if (run.phase === 'running') {
      this.#instruments?.takenOver.add(1, attributes);
    }
    this.#instruments?.active.add(1, attributes);
    try {
      return await this.#continueTrace(run, () =>
        this.#trace(
          'deployments.run.advance',
          { kind: 'consumer', attributes: describeRun(run) },
          work,
        ),
      );
    } finally {
      this.#instruments?.active.add(-1, attributes);
    }
  }

  /** Calls something of a step. */
  async measureStep<T>(of: MeasuredStep, work: () => Promise<T>): Promise<T> {
    const attributes = {
      'deployments.call': of.call,
      'deployments.step.id': of.step,
      'deployments.step.stage': of.stage,
      'deployments.operation': of.operation,
      'deployments.target.kind': of.targetKind,
    };
    const begun = performance.now();
    const note = (outcome: string) =>
      this.#instruments?.stepDuration.record(
        (performance.now() - begun) / 1_000,
        { ...attributes, 'deployments.outcome': outcome },
      );
    try {
      const result = await this.#trace(
        `deployments.step.${of.call}`,
        { attributes },
        work,
      );
      note('succeeded');
      return result;
    } catch (error) {
      note(nameOutcome(of, error));
      throw error;
    }
  }

  /** Has the environments looked at whenever metrics are collected. */
  observeEnvironments(survey: () => Promise<Survey>): void {
    const unfinished = this.#metrics?.createObservableGauge(
      'deployments.runs.unfinished',
      { description: 'Runs that are not finished', unit: '{run}' },
    );
    unfinished?.addCallback(async result => {
      for (const [phase, count] of (await survey()).unfinished) {
        result.observe(count, { 'deployments.phase': phase });
      }
    });
    const held = this.#metrics?.createObservableGauge(
      'deployments.environments.held',
      {
        description: 'Environments that are held against automatic runs',
        unit: '{environment}',
      },
    );
    held?.addCallback(async result => result.observe((await survey()).held));
    const stuck = this.#metrics?.createObservableGauge(
      'deployments.environments.stuck',
      {
        description: 'Environments that a stuck run keeps from the others',
        unit: '{environment}',
      },
    );
    stuck?.addCallback(async result => result.observe((await survey()).stuck));
  }

  #continueTrace<T>(run: RunRecord, work: () => Promise<T>): Promise<T> {
    const tracing = this.#tracing;
    if (!tracing || !run.trace) {
      return work();
    }
    const { context, propagation } = tracing;
    return context.with(propagation.extract(context.active(), run.trace), work);
  }

  #trace<T>(
    name: string,
    options: TracingServiceSpanOptions,
    work: (span?: TracingServiceSpan) => Promise<T>,
  ): Promise<T> {
    return this.#tracing
      ? this.#tracing.startActiveSpan(name, options, work)
      : work();
  }
}

/** What tells one run from another: for spans, and never for metrics. */
function describeRun(run: RunRecord) {
  return {
    'deployments.run.id': run.id,
    'deployments.service.ref': run.serviceRef,
    'deployments.environment': run.environment,
    'deployments.operation': run.operation,
    'deployments.phase': run.phase,
  };
}

function secondsBetween(from: string, to: string): number {
  return Math.max(0, Date.parse(to) - Date.parse(from)) / 1_000;
}

/** What a step throws because its worker had to let go of the run says nothing about the step. */
function nameOutcome(
  { signal }: MeasuredStep,
  error: unknown,
): 'failed' | 'errored' | 'interrupted' {
  if (signal.reason instanceof ClaimLostError) {
    return 'interrupted';
  }
  return error instanceof StepFailedError ? 'failed' : 'errored';
}
