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

/** When the worker is killed: at a step of the operation itself, or of the way back after it failed. */
export type Kill = {
  way: 'there' | 'back';
  step: string;
  moment: 'in the middle of' | 'after';
};

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

type RunEnd = Pick<DriveResult, 'outcome' | 'message' | 'mend'>;

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

  /** Ids of the steps that an operation has; a deployment, when nothing was built yet. */
  listSteps(
    operation: Operation | 'recover',
    environment: TargetEnvironment,
  ): string[] {
    return this.#worker.target
      .steps({ operation, environment, build: operation === 'deploy' })
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
      switching ||= listSteps()[index].switches;
      try {
        await this.#carryOut(run, 'there', () => listSteps()[index]);
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
        return describeRun(run, { ...end, recovered: false });
      }
    }
    return describeRun(run, {
      outcome: 'succeeded',
      message: '',
      recovered: false,
    });
  }

  /** The way back, after a failure at a step from which on users may have met the new release. */
  async #recover(run: Run, end: RunEnd): Promise<DriveResult> {
    const { environment } = run;
    const listSteps = () =>
      this.#worker.target.steps({
        operation: 'recover',
        environment,
        build: false,
      });
    for (let index = 0; index < listSteps().length; index++) {
      await this.#carryOut(run, 'back', () => listSteps()[index]);
    }
    return describeRun(run, { ...end, recovered: true });
  }

  /** One step, by a second worker where the first is killed at it. */
  async #carryOut(
    run: Run,
    way: Kill['way'],
    /** The step as the present worker has it. */
    findStep: () => Step,
  ): Promise<void> {
    const step = findStep();
    run.steps.push(step.id);
    if (run.kill?.way === way && run.kill.step === step.id) {
      await this.#runUntilKilled(run, step, run.kill.moment);
      await this.#replaceWorker();
      await this.#takeOver(run, findStep());
    } else {
      this.#keep(run, step, await step.run(this.#createContext(run, step)));
    }
  }

  async #runUntilKilled(
    run: Run,
    step: Step,
    moment: Kill['moment'],
  ): Promise<void> {
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

function describeRun(
  { steps, log }: Run,
  end: RunEnd & Pick<DriveResult, 'recovered'>,
): DriveResult {
  return { ...end, steps, log: log.join('') };
}

function describeEnd(error: unknown): RunEnd {
  return {
    outcome: error instanceof StepFailedError ? 'failed' : 'errored',
    message: isError(error) ? error.message : String(error),
    mend:
      error instanceof StepFailedError || error instanceof StepErroredError
        ? error.mend
        : undefined,
  };
}
