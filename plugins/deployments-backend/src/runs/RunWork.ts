import { JsonObject } from '@backstage/types';
import { Plan, Release, StepStage } from '@slipway/plugin-deployments-common';
import {
  DeploymentTarget,
  SourceRepository,
  Step,
  StepContext,
  StepLog,
  TargetEnvironment,
} from '@slipway/plugin-deployments-node';
import { Claim } from '../engine';
import { digestEnvironment } from '../plans/hashPlan';
import { createStores, RunRecord, StepRecord } from '../stores';
import { StepCall } from '../telemetry';
import { Masker } from './log';
import { RETRY_DELAYS_MS, retryTransient } from './retryTransient';
import { RunContext } from './RunContext';

/** A running run with all that its steps need. */
export type RunWork = {
  context: RunContext;
  claim: Claim;
  environment: TargetEnvironment;
  target: DeploymentTarget;
  /** Whether the manifest says something else about the environment than the run's plan is bound to. */
  isManifestChanged: boolean;
  source: SourceRepository;
  /** What served when the run began. */
  previous: Release | null;
  masker: Masker;
};

/** What is kept about a run and does not change while it is carried out. */
export type AgreedFacts = { plan: Plan; previous: Release | null };

/** Reads from the tables what a run needs to be carried out. */
export async function readAgreed(
  { knex }: RunContext,
  run: RunRecord,
): Promise<AgreedFacts> {
  const stores = createStores(knex);
  return {
    plan: await stores.plans.require(run.planHash),
    previous: run.fromReleaseId
      ? ((await stores.releases.get(run.fromReleaseId)) ?? null)
      : null,
  };
}

/** Gathers what else a run needs to be carried out; what is away for a moment is waited for. */
export async function prepareWork(
  context: RunContext,
  claim: Claim,
  options: { run: RunRecord } & AgreedFacts,
): Promise<RunWork> {
  const { run, plan, previous } = options;
  const { dependencies, retryDelaysMs = RETRY_DELAYS_MS } = context;
  const retry = { signal: claim.signal, delaysMs: retryDelaysMs };
  const environment = await retryTransient(
    () => dependencies.resolveEnvironment(run.serviceRef, run.environment),
    retry,
  );
  const source = await retryTransient(
    () => dependencies.openSource(environment),
    retry,
  );
  const target = dependencies.targetOf(environment.spec.target.kind);
  return {
    context,
    claim,
    environment,
    target,
    isManifestChanged: plan.content.manifest !== digestEnvironment(environment),
    source,
    previous,
    masker: new Masker([
      ...environment.secrets.values(),
      ...target.secretsOf(environment.connection.options),
    ]),
  };
}

/** The steps of a part of a run, as the target defines them. */
export function defineSteps(
  work: RunWork,
  run: RunRecord,
  stage: StepStage,
): Step[] {
  return work.target
    .steps({
      operation: stage === 'main' ? run.operation : 'recover',
      environment: work.environment,
      build: stage === 'main' && run.builds === true,
    })
    .map(step => measureStep(work, { run, stage, step }));
}

/** The same step, and how long what it does takes is seen from outside. */
function measureStep(
  work: RunWork,
  options: { run: RunRecord; stage: StepStage; step: Step },
): Step {
  const { telemetry } = work.context;
  const { run, stage, step } = options;
  if (!telemetry) {
    return step;
  }
  const measure = <T>(
    call: StepCall,
    { signal }: StepContext,
    act: () => Promise<T>,
  ) =>
    telemetry.measureStep(
      {
        call,
        signal,
        step: step.id,
        stage,
        operation: run.operation,
        targetKind: work.target.kind,
      },
      act,
    );
  return {
    id: step.id,
    title: step.title,
    timeoutMs: step.timeoutMs,
    switches: step.switches,
    run: context => measure('run', context, () => step.run(context)),
    reconcile: context =>
      measure('reconcile', context, () => step.reconcile(context)),
    ...(step.undo && {
      undo: context =>
        measure('undo', context, async () => step.undo?.(context)),
    }),
  };
}

/** What a step is told. */
export function createStepContext(
  work: RunWork,
  options: {
    run: RunRecord;
    release: Release;
    record: StepRecord;
    /** All steps of the run. */
    records: readonly StepRecord[];
    attempt: number;
    log: StepLog;
    signal: AbortSignal;
  },
): StepContext {
  const { run, record } = options;
  const scope = record.stage === 'main' ? '' : `${record.stage}:`;
  return {
    environment: work.environment,
    logger: work.context.logger.child({ runId: run.id, step: record.id }),
    signal: options.signal,
    runId: run.id,
    operation: run.operation,
    release: options.release,
    previous: work.previous,
    source: work.source,
    log: options.log,
    idempotencyKey: `${run.id}:${scope}${record.id}`,
    attempt: options.attempt,
    outputs: collectOutputs(options.records, record),
  };
}

/** What the steps before one returned; where a step of the way back has the id of another one, the later counts. */
function collectOutputs(
  records: readonly StepRecord[],
  until: StepRecord,
): Record<string, JsonObject> {
  const outputs: Record<string, JsonObject> = {};
  for (const { id, index, output } of records) {
    if (index < until.index && output) {
      outputs[id] = output;
    }
  }
  return outputs;
}
