import { RunProblem } from '@slipway/plugin-deployments-common';
import {
  StepErroredError,
  StepFailedError,
} from '@slipway/plugin-deployments-node';
import { cleanText, Masker } from './log';

/** Longer messages are cut: the log has the rest. */
const MAX_MESSAGE_LENGTH = 4_000;

/** A step that did not succeed: it said no, or could not be carried out. */
export type StepFailure = {
  phase: 'failed' | 'errored';
  problem: RunProblem;
};

/** Puts what a step threw into words for people, without secrets. */
export function explainError(options: {
  error: unknown;
  /** Id of the step. */
  step: string;
  masker: Masker;
}): StepFailure {
  const { error, step, masker } = options;
  const failed = error instanceof StepFailedError;
  const mend =
    failed || error instanceof StepErroredError ? error.mend : undefined;
  const say = (text: string) =>
    masker.mask(cleanText(text)).slice(0, MAX_MESSAGE_LENGTH);
  const message = error instanceof Error ? error.message : String(error);
  return {
    phase: failed ? 'failed' : 'errored',
    problem: {
      step,
      message: say(message) || 'The step gave no reason',
      ...(mend && { mend: say(mend) }),
    },
  };
}
