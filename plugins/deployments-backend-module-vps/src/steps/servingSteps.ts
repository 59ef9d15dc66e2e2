import { Release } from '@slipway/plugin-deployments-common';
import { StepErroredError } from '@slipway/plugin-deployments-node';
import { z } from 'zod';
import { SILENT_LOG } from '../host';
import { observationSchema } from '../state/observation';
import { createApplicationVariables } from '../site';
import { VpsEnvironment, VpsStep, VpsStepContext, VpsTools } from '../types';
import { onHost } from './onHost';
import { persist } from './persist';

/** Time for what comes before and after a wait, milliseconds. */
const MARGIN_MS = 60_000;

/** Which release is to serve after a step: the new one on the way there, the previous one on the way back. Null: none. */
export type PickRelease = (
  context: VpsStepContext,
) => Pick<Release, 'id' | 'version'> | null;

type Naming = {
  id: string;
  title: string;
  pick: PickRelease;
  /** Whether the release serves again with what it served with before, whatever the manifest says by now. */
  restores: boolean;
};

/** Lets `current` lead to a release. Where there is none to lead to, takes the service away again. */
export function switchReleaseStep(tools: VpsTools, naming: Naming): VpsStep {
  const { id, title, pick, restores } = naming;
  return persist({
    id,
    title,
    timeoutMs: 60_000,
    switches: true,
    async run(context) {
      const release = pick(context);
      await onHost(
        tools,
        context,
        release === null
          ? { task: 'withdraw', result: z.null() }
          : {
              task: 'switch',
              input: {
                releaseId: release.id,
                restore: restores ? release.id : null,
              },
              result: z.null(),
            },
      );
      return {};
    },
    async reconcile(context) {
      const { current, releases } = await ask(tools, context);
      const served = releases.find(({ directory }) => directory === current);
      const wanted = pick(context);
      return wanted !== null && served?.id === wanted.id
        ? { outcome: 'done', result: {} }
        : { outcome: 'redo' };
    },
  });
}

/** Lets PM2 replace the processes, a few at a time, with those of the release that `current` leads to. */
export function reloadProcessesStep(
  tools: VpsTools,
  { parameters, spec }: VpsEnvironment,
  naming: Naming,
): VpsStep {
  const { id, title, pick, restores } = naming;
  return persist({
    id,
    title,
    timeoutMs:
      parameters.instances * (spec.health.timeout + parameters.stopTimeout) +
      MARGIN_MS,
    switches: true,
    async run(context) {
      const release = pick(context);
      if (release !== null) {
        await onHost(tools, context, {
          task: 'reload',
          input: {
            env: createApplicationVariables(context.environment, release),
            restore: restores ? release.id : null,
          },
          result: z.null(),
        });
      }
      return {};
    },
    async reconcile(context) {
      const { processes, instances } = await ask(tools, context);
      const release = pick(context);
      const areAllOfIt =
        processes.length === (restores ? instances : parameters.instances) &&
        processes.every(
          process => process.release === release?.id && !process.outgoing,
        );
      return release === null || areAllOfIt
        ? { outcome: 'done', result: {} }
        : { outcome: 'redo' };
    },
  });
}

/** Waits until the application itself, every process and the smoke checks say that the release serves (V3.5, V7.1). */
export function verifyReleaseStep(
  tools: VpsTools,
  { spec }: VpsEnvironment,
  naming: Naming,
): VpsStep {
  const { id, title, pick, restores } = naming;
  // A release that is back has served before; quickly back is worth more.
  const stableFor = restores ? 0 : spec.health.stableFor;
  return persist({
    id,
    title,
    timeoutMs: spec.health.timeout + stableFor + MARGIN_MS,
    switches: true,
    async run(context) {
      const release = pick(context);
      if (release === null) {
        const { processes } = await ask(tools, context);
        if (processes.length > 0) {
          throw new StepErroredError(
            'Processes of the release that was taken away still run.',
            'Stop them on the host: pm2 delete NAME.',
          );
        }
        return {};
      }
      await onHost(tools, context, {
        task: 'verify',
        input: {
          releaseId: release.id,
          env: createApplicationVariables(context.environment, release),
          smoke: spec.smoke,
          stableFor,
          restore: restores ? release.id : null,
        },
        result: z.null(),
      });
      return {};
    },
    reconcile: async () => ({ outcome: 'redo' }),
  });
}

function ask(tools: VpsTools, context: VpsStepContext) {
  return onHost(
    tools,
    { ...context, log: SILENT_LOG },
    { task: 'observe', result: observationSchema },
  );
}
