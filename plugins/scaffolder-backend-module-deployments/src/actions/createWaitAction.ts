import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  isFinished,
  Run,
  runIdSchema,
} from '@slipway/plugin-deployments-common';
import { DeploymentsConnector } from '../createDeploymentsConnector';

/** How long one request waits; each has a token of its own, so that none runs out. */
const POLL_MS = 10_000;

const DEFAULT_TIMEOUT_MINUTES = 60;

/** Waits for a run, showing its log, and fails where the run did not succeed. */
export function createWaitAction(options: { connect: DeploymentsConnector }) {
  const { connect } = options;
  return createTemplateAction({
    id: 'deployments:wait',
    description: 'Waits until a run is finished, and fails if it failed',
    examples: [
      {
        description: 'Wait for a promotion',
        example: `steps:
  - id: wait
    action: deployments:wait
    input:
      runId: \${{ steps.promote.output.runId }}
`,
      },
    ],
    schema: {
      input: {
        runId: z => z.string(),
        timeoutMinutes: z =>
          z
            .number()
            .positive()
            .max(1_440)
            .optional()
            .describe(`${DEFAULT_TIMEOUT_MINUTES} unless told`),
      },
      output: {
        phase: z => z.string(),
        version: z => z.string(),
      },
    },
    async handler(ctx) {
      const runId = runIdSchema.parse(ctx.input.runId);
      // The scaffolder checks an input by its schema and fills in no defaults.
      const minutes = ctx.input.timeoutMinutes ?? DEFAULT_TIMEOUT_MINUTES;
      const deadline = Date.now() + minutes * 60_000;
      let shown = 0;
      for (;;) {
        const timeoutMs = Math.min(POLL_MS, Math.max(0, deadline - Date.now()));
        const run = await connect(ctx, (api, call) =>
          api.waitForRun(runId, timeoutMs, call),
        );
        for (;;) {
          const after = shown;
          const page = await connect(ctx, (api, call) =>
            api.getLog(runId, { after }, call),
          );
          page.lines.forEach(({ text }) => ctx.logger.info(text));
          shown = page.lines.at(-1)?.line ?? shown;
          if (page.lines.length === 0 || shown >= page.total) {
            break;
          }
        }
        if (isFinished(run.state.phase)) {
          ctx.output('phase', run.state.phase);
          ctx.output('version', run.to.version);
          requireSuccess(run);
          return;
        }
        if (Date.now() >= deadline) {
          throw new Error(
            `Run ${runId} is still ${run.state.phase} after ${minutes} minutes; it goes on without this task.`,
          );
        }
      }
    },
  });
}

function requireSuccess(run: Run): void {
  const { state } = run;
  switch (state.phase) {
    case 'succeeded':
      return;
    case 'failed':
    case 'errored': {
      const back = run.rolledBackTo
        ? ` ${run.rolledBackTo.version} serves again.`
        : '';
      throw new Error(
        `Run ${run.id} ${state.phase}: ${state.problem.message}${back}`,
      );
    }
    case 'cancelled':
      throw new Error(`Run ${run.id} was cancelled by ${state.by}.`);
    case 'rejected':
      throw new Error(
        `Run ${run.id} was rejected by ${state.by}: ${state.reason}`,
      );
    case 'waiting-for-approval':
    case 'waiting-for-gates':
    case 'queued':
    case 'running':
      throw new Error(`Run ${run.id} is not finished.`);
    default:
      state satisfies never;
  }
}
