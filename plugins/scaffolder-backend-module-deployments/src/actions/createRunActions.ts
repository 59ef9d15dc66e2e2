import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { PlanRequest, runIdSchema } from '@slipway/plugin-deployments-common';
import {
  Caller,
  DeploymentsConnector,
  readPlanRequest,
  readServiceRef,
} from '../createDeploymentsConnector';

type StartContext = Caller & {
  input: { service: string; reason?: string };
  checkpoint(options: {
    key: string;
    fn: () => Promise<StartedRun>;
  }): Promise<StartedRun>;
  output(name: keyof StartedRun, value: string): void;
  logger: { info(message: string): void };
};

type StartedRun = {
  runId: string;
  planHash: string;
  version: string;
  phase: string;
};

/** Deploys a branch, tag or commit. */
export function createDeployAction(options: { connect: DeploymentsConnector }) {
  return createTemplateAction({
    id: 'deployments:deploy',
    description: 'Deploys a branch, a tag or a commit to an environment',
    examples: [
      {
        description: 'Deploy main to staging',
        example: `steps:
  - id: deploy
    action: deployments:deploy
    input:
      service: component:default/shop
      environment: staging
      ref: main
`,
      },
    ],
    schema: {
      input: {
        service: z =>
          z.string().describe('Entity reference of the component to deploy'),
        environment: z => z.string().describe('Where to deploy to'),
        ref: z => z.string().describe('A branch, a tag or a commit'),
        reason: z => z.string().optional().describe('Why, for the history'),
      },
      output: {
        runId: z => z.string(),
        planHash: z => z.string(),
        version: z => z.string(),
        phase: z => z.string().describe('Where the run is, when started'),
      },
    },
    async handler(ctx) {
      const { environment, ref } = ctx.input;
      await startRun({
        ctx,
        connect: options.connect,
        request: readPlanRequest({
          operation: 'deploy',
          environment,
          ref,
        }),
      });
    },
  });
}

/** Promotes what another environment runs. */
export function createPromoteAction(options: {
  connect: DeploymentsConnector;
}) {
  return createTemplateAction({
    id: 'deployments:promote',
    description: 'Promotes the release of one environment into the next',
    examples: [
      {
        description: 'Promote what staging runs to production',
        example: `steps:
  - id: promote
    action: deployments:promote
    input:
      service: component:default/shop
      environment: production
      reason: Release week
`,
      },
    ],
    schema: {
      input: {
        service: z =>
          z.string().describe('Entity reference of the component to promote'),
        environment: z => z.string().describe('Where to promote to'),
        fromEnvironment: z =>
          z
            .string()
            .optional()
            .describe('Where from; the environment before unless told'),
        reason: z => z.string().optional().describe('Why, for the history'),
      },
      output: {
        runId: z => z.string(),
        planHash: z => z.string(),
        version: z => z.string(),
        phase: z => z.string().describe('Where the run is, when started'),
      },
    },
    async handler(ctx) {
      const { environment, fromEnvironment } = ctx.input;
      await startRun({
        ctx,
        connect: options.connect,
        request: readPlanRequest({
          operation: 'promote',
          environment,
          fromEnvironment,
        }),
      });
    },
  });
}

/** Returns to an earlier release. */
export function createRollbackAction(options: {
  connect: DeploymentsConnector;
}) {
  return createTemplateAction({
    id: 'deployments:rollback',
    description: 'Returns an environment to an earlier release',
    examples: [
      {
        description: 'Return production to the release before',
        example: `steps:
  - id: rollback
    action: deployments:rollback
    input:
      service: component:default/shop
      environment: production
      reason: 5xx on pay
`,
      },
    ],
    schema: {
      input: {
        service: z =>
          z.string().describe('Entity reference of the component to roll back'),
        environment: z => z.string().describe('Where to roll back'),
        releaseId: z =>
          z
            .string()
            .optional()
            .describe('To which release; the previous one unless told'),
        reason: z => z.string().optional().describe('Why, for the history'),
      },
      output: {
        runId: z => z.string(),
        planHash: z => z.string(),
        version: z => z.string(),
        phase: z => z.string().describe('Where the run is, when started'),
      },
    },
    async handler(ctx) {
      const { environment, releaseId } = ctx.input;
      await startRun({
        ctx,
        connect: options.connect,
        request: readPlanRequest({
          operation: 'rollback',
          environment,
          releaseId,
        }),
      });
    },
  });
}

/** Plans and starts; a task that is recovered after a restart does not start a second run. */
async function startRun(options: {
  ctx: StartContext;
  connect: DeploymentsConnector;
  request: PlanRequest;
}): Promise<void> {
  const { ctx, connect, request } = options;
  const serviceRef = readServiceRef(ctx.input.service);
  const started = await ctx.checkpoint({
    key: `deployments.${request.operation}.${serviceRef}.${request.environment}`,
    fn: () =>
      connect(ctx, async (api, call) => {
        const plan = await api.createPlan(serviceRef, request, call);
        const run = await api.startRun(
          {
            planHash: plan.hash,
            reason: ctx.input.reason,
            trigger: 'automation',
          },
          call,
        );
        return {
          runId: run.id,
          planHash: plan.hash,
          version: run.to.version,
          phase: run.state.phase,
        };
      }),
  });
  const runId = runIdSchema.parse(started.runId);
  ctx.logger.info(
    `Run ${runId}: ${request.operation} ${started.version} to ${request.environment} is ${started.phase}`,
  );
  ctx.output('runId', runId);
  ctx.output('planHash', started.planHash);
  ctx.output('version', started.version);
  ctx.output('phase', started.phase);
}
