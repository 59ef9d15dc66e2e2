import { randomUUID } from 'node:crypto';
import { LoggerService } from '@backstage/backend-plugin-api';
import { isError } from '@backstage/errors';
import { JsonObject } from '@backstage/types';
import {
  Artifact,
  ObservedState,
  Operation,
  Release,
  RunId,
  runIdSchema,
} from '@slipway/plugin-deployments-common';
import {
  Step,
  StepContext,
  StepErroredError,
  StepFailedError,
  TargetEnvironment,
} from '../target';
import {
  ConformanceHarness,
  ConformancePlace,
  ConformanceWorker,
} from './ConformanceHarness';

/** When the worker is killed, at a step of the way there. */
export type Kill = { step: string; moment: 'in the middle of' | 'after' };

export type DriveRequest = {
  operation: Operation;
  environment: TargetEnvironment;
  release: Release;
  /** What serves when the run begins. */
  previous: Release | null;
  kill?: Kill;
};

export type DriveResult = {
  outcome: 'succeeded' | 'failed' | 'errored';
  /** Why it did not succeed. */
  message: string;
  /** What a person does about it. */
  mend?: string;
  /** Ids of the steps that were run, those of the way back too. */
  steps: string[];
  recovered: boolean;
  log: string;
};

type Run = DriveRequest & {
  id: RunId;
  steps: string[];
  log: string[];
  outputs: Record<string, JsonObject>;
};

const SILENT_LOGGER: LoggerService = {
  error() {},
  warn() {},
  info() {},
  debug() {},
  child: () => SILENT_LOGGER,
};

/** What a step came to: it ended, or its worker was killed. */
type StepEnd = 'ended' | 'killed';

/** Drives a target's steps as the backend's engine does, with workers that can be killed. */
export class ConformanceDriver {
  readonly #harness: ConformanceHarness;
  readonly #place: ConformancePlace;
  #worker: ConformanceWorker;

  private constructor(
    harness: ConformanceHarness,
    place: ConformancePlace,
    worker: ConformanceWorker,
  ) {
    this.#harness = harness;
    this.#place = place;
    this.#worker = worker;
  }

  static async create(harness: ConformanceHarness, place: ConformancePlace) {
    return new ConformanceDriver(harness, place, await harness.startWorker());
  }

  async stop(): Promise<void> {
    await this.#worker.stop();
  }

  observe(environment: TargetEnvironment): Promise<ObservedState> {
    return this.#worker.target.observe({
      environment,
      logger: SILENT_LOGGER,
      signal: new AbortController().signal,
    });
  }

  /** Ids of the steps that a deployment of a commit has. */
  listDeploySteps(environment: TargetEnvironment): string[] {
    return this.#worker.target
      .steps({ operation: 'deploy', environment, build: true })
      .map(({ id }) => id);
  }

  /** Carries out an operation to its end. */
  async drive(request: DriveRequest): Promise<DriveResult> {
    const run: Run = {
      ...request,
      id: runIdSchema.parse(randomUUID()),
      steps: [],
      log: [],
      outputs: {},
    };
    const { operation, environment, release } = request;
    const build = operation === 'deploy' && release.artifacts.length === 0;
    const listSteps = () =>
      this.#worker.target.steps({ operation, environment, build });
    let switching = false;
    for (let index = 0; index < listSteps().length; index++) {
      const step = listSteps()[index];
      switching ||= step.switches;
      try {
        if ((await this.#runStep(run, step)) === 'killed') {
          await this.#replaceWorker();
          await this.#takeOver(run, listSteps()[index]);
        }
      } catch (error) {
        const end = describeEnd(error);
        if (switching) {
          return await this.#recover(run, end);
        }
        for (const done of listSteps()
          .slice(0, index + 1)
          .reverse()) {
          await done.undo?.(this.#createContext(run, done));
        }
        return {
          ...end,
          recovered: false,
          steps: run.steps,
          log: run.log.join(''),
        };
      }
    }
    return {
      outcome: 'succeeded',
      message: '',
      recovered: false,
      steps: run.steps,
      log: run.log.join(''),
    };
  }

  /** The way back, after a failure at a step from which on users may have met the new release. */
  async #recover(
    run: Run,
    end: Pick<DriveResult, 'outcome' | 'message' | 'mend'>,
  ): Promise<DriveResult> {
    const { environment } = run;
    const steps = this.#worker.target.steps({
      operation: 'recover',
      environment,
      build: false,
    });
    for (const step of steps) {
      run.steps.push(step.id);
      await step.run(this.#createContext(run, step));
    }
    return { ...end, recovered: true, steps: run.steps, log: run.log.join('') };
  }

  async #runStep(run: Run, step: Step): Promise<StepEnd> {
    run.steps.push(step.id);
    const moment = run.kill?.step === step.id ? run.kill.moment : undefined;
    if (moment === undefined) {
      const { artifacts, output } = await step.run(
        this.#createContext(run, step),
      );
      this.#keep(run, step, { artifacts, output });
      return 'ended';
    }
    const killed = new AbortController();
    const onLog = () => {
      if (moment === 'in the middle of') {
        killed.abort(new Error('the worker was killed'));
      }
    };
    // What a killed worker would have said, nobody hears.
    await step
      .run(this.#createContext(run, step, { signal: killed.signal, onLog }))
      .catch(() => {});
    return 'killed';
  }

  /** A step that was begun by a worker which is gone: the target is asked first, and nothing is done twice unasked. */
  async #takeOver(run: Run, step: Step): Promise<void> {
    const context = { attempt: 2 };
    const reconciled = await step.reconcile(
      this.#createContext(run, step, context),
    );
    switch (reconciled.outcome) {
      case 'done':
        return this.#keep(run, step, reconciled.result);
      case 'redo':
        return this.#keep(
          run,
          step,
          await step.run(this.#createContext(run, step, context)),
        );
      case 'unknown':
        throw new Error(reconciled.message);
      default:
        return reconciled satisfies never;
    }
  }

  #keep(
    run: Run,
    step: Step,
    result: { artifacts?: Artifact[]; output?: JsonObject },
  ): void {
    if (result.output) {
      run.outputs[step.id] = result.output;
    }
    if (result.artifacts) {
      run.release.artifacts = result.artifacts;
    }
  }

  async #replaceWorker(): Promise<void> {
    await this.#worker.stop();
    this.#worker = await this.#harness.startWorker();
  }

  #createContext(
    run: Run,
    step: Step,
    options: {
      signal?: AbortSignal;
      onLog?: () => void;
      attempt?: number;
    } = {},
  ): StepContext {
    const write = (text: string) => {
      run.log.push(text);
      options.onLog?.();
    };
    return {
      environment: run.environment,
      logger: SILENT_LOGGER,
      signal: options.signal ?? new AbortController().signal,
      runId: run.id,
      operation: run.operation,
      release: run.release,
      previous: run.previous,
      source: this.#place.source,
      log: {
        stdout: write,
        stderr: write,
        info: text => write(`${text}\n`),
      },
      idempotencyKey: `${run.id}:${step.id}`,
      attempt: options.attempt ?? 1,
      outputs: run.outputs,
    };
  }
}

function describeEnd(
  error: unknown,
): Pick<DriveResult, 'outcome' | 'message' | 'mend'> {
  return {
    outcome: error instanceof StepFailedError ? 'failed' : 'errored',
    message: isError(error) ? error.message : String(error),
    mend:
      error instanceof StepFailedError || error instanceof StepErroredError
        ? error.mend
        : undefined,
  };
}
