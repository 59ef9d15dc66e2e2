import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import {
  DeploymentsConnector,
  readPlanRequest,
  readServiceRef,
} from '../createDeploymentsConnector';

/** Computes what an operation would do. Changes nothing. */
export function createPlanAction(options: { connect: DeploymentsConnector }) {
  return createTemplateAction({
    id: 'deployments:plan',
    description: 'Computes what a deploy, promote or rollback would change',
    examples: [
      {
        description: 'See what a promotion to production would change',
        example: `steps:
  - id: plan
    action: deployments:plan
    input:
      service: component:default/shop
      operation: promote
      environment: production
`,
      },
    ],
    schema: {
      input: {
        service: z =>
          z.string().describe('Entity reference of the component to deploy'),
        operation: z => z.enum(['deploy', 'promote', 'rollback']),
        environment: z => z.string().describe('Where it would happen'),
        ref: z =>
          z
            .string()
            .optional()
            .describe('For deploy: a branch, a tag or a commit'),
        fromEnvironment: z =>
          z
            .string()
            .optional()
            .describe('For promote; the environment before unless told'),
        releaseId: z =>
          z
            .string()
            .optional()
            .describe('For rollback; the previous release unless told'),
      },
      output: {
        planHash: z => z.string().describe('What a run is started with'),
        fromVersion: z => z.string().nullable(),
        toVersion: z => z.string(),
        commits: z => z.number().describe('How many go in or out'),
        approvals: z => z.number().describe('How many have to agree'),
        blocking: z =>
          z.array(z.string()).describe('What keeps it from being run'),
      },
    },
    async handler(ctx) {
      const { service, ...request } = ctx.input;
      const serviceRef = readServiceRef(service);
      const plan = await options.connect(ctx, (api, call) =>
        api.createPlan(serviceRef, readPlanRequest(request), call),
      );
      const { from, to, commits, approvals, findings, migrations } =
        plan.content;
      const blocking = [
        ...findings,
        ...migrations.flatMap(migration => migration.findings),
      ].filter(({ severity }) => severity === 'blocking');
      ctx.logger.info(
        `${plan.content.operation} ${to.version} to ${plan.content.environment}: ${commits.total} commits, ${approvals.needed} approvals needed`,
      );
      ctx.output('planHash', plan.hash);
      ctx.output('fromVersion', from?.version ?? null);
      ctx.output('toVersion', to.version);
      ctx.output('commits', commits.total);
      ctx.output('approvals', approvals.needed);
      ctx.output(
        'blocking',
        blocking.map(({ message }) => message),
      );
    },
  });
}
