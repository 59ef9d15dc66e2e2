import { setTimeout as delay } from 'node:timers/promises';
import { StepErroredError, StepResult } from '@slipway/plugin-deployments-node';
import { UnreachableError } from '../transport/explainHostError';
import { VpsStep, VpsStepContext } from '../types';

/** How long to wait before each further try, milliseconds: a host's sshd that restarts and a network that finds another way need no longer. */
const RETRY_DELAYS_MS = [500, 2_000, 5_000, 10_000];

/**
 * A step that does not give up when the connection to its host is lost: it asks the host what became of it, and goes on
 * from there.
 */
export function persist(step: VpsStep): VpsStep {
  return {
    ...step,
    async run(context) {
      let act = () => step.run(context);
      for (const delayMs of RETRY_DELAYS_MS) {
        try {
          return await act();
        } catch (error) {
          context.signal.throwIfAborted();
          if (!(error instanceof UnreachableError)) {
            throw error;
          }
          context.log.info(`${error.message} Asking the host what is true.`);
        }
        await delay(delayMs, undefined, { signal: context.signal });
        act = () => takeUp(step, context);
      }
      return act();
    },
  };
}

async function takeUp(
  step: VpsStep,
  context: VpsStepContext,
): Promise<StepResult> {
  const reconciled = await step.reconcile(context);
  switch (reconciled.outcome) {
    case 'done':
      return reconciled.result;
    case 'redo':
      return step.run(context);
    case 'unknown':
      throw new StepErroredError(reconciled.message);
    default:
      return reconciled satisfies never;
  }
}
