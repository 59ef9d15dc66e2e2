import { CustomErrorBase } from '@backstage/errors';

/**
 * A step says no: the deployment is bad, the step did what it was there for, and trying again
 * would give the same answer. The run ends `failed`, and rolls back where it had switched. Any other error means
 * that we could not do it, and the run ends `errored`.
 */
export class StepFailedError extends CustomErrorBase {
  name = 'StepFailedError' as const;

  constructor(
    message: string,
    /** What a person does about it, a sentence. */
    readonly mend?: string,
    cause?: Error,
  ) {
    super(message, cause);
  }
}

/**
 * We could not carry a step out (no connection, no permission, no space). Where `mend` is given it
 * tells people what to do. The run ends `errored`.
 */
export class StepErroredError extends CustomErrorBase {
  name = 'StepErroredError' as const;

  constructor(
    message: string,
    readonly mend?: string,
    cause?: Error,
  ) {
    super(message, cause);
  }
}
