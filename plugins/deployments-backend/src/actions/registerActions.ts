import { ActionsRegistryService } from '@backstage/backend-plugin-api/alpha';
import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';
import {
  environmentNameSchema,
  PlanReview,
  planRequestSchema,
  Run,
  runIdSchema,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';
import { readInput } from '../readInput';
import { CallOptions, DeploymentsService } from '../service';

type RunInput = { service: string; environment: string; reason?: string };

/** The longest that `wait` waits in one call. */
const MAX_WAIT_SECONDS = 60;

/**
 * Adds `plan`, `deploy`, `promote`, `rollback`, `hold` and `wait` to the portal's actions. They do what the REST API does, as
 * whoever calls them; the runs are automatic. To release is left to people.
 */
export function registerActions(options: {
  actionsRegistry: ActionsRegistryService;
  service: DeploymentsService;
}): void {
  const { actionsRegistry, service } = options;

  async function run(input: RunInput, request: object, call: CallOptions) {
    const plan = await service.createPlan(
      readServiceRef(input.service),
      readInput(planRequestSchema, {
        ...request,
        environment: input.environment,
      }),
      call,
    );
    const started = await service.startRun(
      { planHash: plan.hash, reason: input.reason, trigger: 'automation' },
      call,
    );
    return { output: describeRun(started) };
  }

  actionsRegistry.register({
    name: 'plan',
    title: 'Plan a deployment',
    description:
      'Computes what a deploy, promote or rollback would change in an environment of a service: versions, commits, steps, findings and approvals. Changes nothing.',
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z =>
        z.object({
          service: z
            .string()
            .describe('Entity reference: component:default/shop'),
          operation: z.enum(['deploy', 'promote', 'rollback']),
          environment: z.string().describe('Where it would happen'),
          ref: z
            .string()
            .optional()
            .describe('For deploy: a branch, a tag or a commit'),
          fromEnvironment: z
            .string()
            .optional()
            .describe('For promote; the environment before unless told'),
          releaseId: z
            .string()
            .optional()
            .describe('For rollback; the previous release unless told'),
        }),
      output: z =>
        z.object({
          planHash: z.string(),
          fromVersion: z.string().nullable(),
          toVersion: z.string(),
          commits: z.number(),
          steps: z.array(z.string()),
          findings: z.array(
            z.object({ severity: z.string(), message: z.string() }),
          ),
          approvalsNeeded: z.number(),
          gates: z
            .array(
              z.object({
                title: z.string(),
                state: z.string(),
                reason: z.string(),
              }),
            )
            .describe('What a run has to pass, and how that stands now'),
        }),
    },
    action: async ({ input: { service: ref, ...request }, credentials }) => ({
      output: describePlan(
        await service.createPlan(
          readServiceRef(ref),
          readInput(planRequestSchema, request),
          { credentials },
        ),
      ),
    }),
  });

  actionsRegistry.register({
    name: 'deploy',
    title: 'Deploy a commit',
    description:
      'Deploys a branch, a tag or a commit of a service to an environment. The run may wait for approval, or for other gates.',
    attributes: { destructive: true, idempotent: false },
    schema: {
      input: z =>
        z.object({
          service: z
            .string()
            .describe('Entity reference: component:default/shop'),
          environment: z.string(),
          ref: z.string().describe('A branch, a tag or a commit'),
          reason: z.string().optional().describe('For the history'),
        }),
      output: z =>
        z.object({
          runId: z.string(),
          version: z.string(),
          phase: z.string(),
        }),
    },
    action: ({ input, credentials }) =>
      run(input, { operation: 'deploy', ref: input.ref }, { credentials }),
  });

  actionsRegistry.register({
    name: 'promote',
    title: 'Promote a release',
    description:
      'Promotes the release that one environment of a service runs into another, without building it again. The run may wait for approval.',
    attributes: { destructive: true, idempotent: false },
    schema: {
      input: z =>
        z.object({
          service: z
            .string()
            .describe('Entity reference: component:default/shop'),
          environment: z.string().describe('Where to promote to'),
          fromEnvironment: z
            .string()
            .optional()
            .describe('The environment before unless told'),
          reason: z.string().optional().describe('For the history'),
        }),
      output: z =>
        z.object({
          runId: z.string(),
          version: z.string(),
          phase: z.string(),
        }),
    },
    action: ({ input, credentials }) =>
      run(
        input,
        { operation: 'promote', fromEnvironment: input.fromEnvironment },
        { credentials },
      ),
  });

  actionsRegistry.register({
    name: 'rollback',
    title: 'Roll back an environment',
    description:
      'Returns an environment of a service to an earlier release. The run may wait for approval.',
    attributes: { destructive: true, idempotent: false },
    schema: {
      input: z =>
        z.object({
          service: z
            .string()
            .describe('Entity reference: component:default/shop'),
          environment: z.string(),
          releaseId: z
            .string()
            .optional()
            .describe('The previous release unless told'),
          reason: z.string().optional().describe('For the history'),
        }),
      output: z =>
        z.object({
          runId: z.string(),
          version: z.string(),
          phase: z.string(),
        }),
    },
    action: ({ input, credentials }) =>
      run(
        input,
        { operation: 'rollback', releaseId: input.releaseId },
        { credentials },
      ),
  });

  actionsRegistry.register({
    name: 'hold',
    title: 'Hold an environment',
    description:
      'Has automatic deployments to an environment wait until a person releases the hold in the portal. What has begun there goes on.',
    attributes: { destructive: false, idempotent: false },
    schema: {
      input: z =>
        z.object({
          service: z
            .string()
            .describe('Entity reference: component:default/shop'),
          environment: z.string(),
          reason: z.string().describe('Why, for those who find it held'),
        }),
      output: z =>
        z.object({ by: z.string(), at: z.string(), reason: z.string() }),
    },
    action: async ({ input, credentials }) => {
      const { by, at, reason } = await service.holdEnvironment(
        {
          serviceRef: readServiceRef(input.service),
          environment: readInput(environmentNameSchema, input.environment),
        },
        { reason: input.reason },
        { credentials },
      );
      return { output: { by, at, reason } };
    },
  });

  actionsRegistry.register({
    name: 'wait',
    title: 'Wait for a run',
    description: `Answers when a run is finished, or after at most ${MAX_WAIT_SECONDS} seconds, with what it then is.`,
    attributes: { readOnly: true, destructive: false, idempotent: true },
    schema: {
      input: z =>
        z.object({
          runId: z.string(),
          timeoutSeconds: z.number().min(0).max(MAX_WAIT_SECONDS).default(30),
        }),
      output: z =>
        z.object({
          runId: z.string(),
          version: z.string(),
          phase: z.string(),
          problem: z.string().optional(),
          waitsFor: z
            .array(z.string())
            .optional()
            .describe('The gates that hold it; people open them in the portal'),
        }),
    },
    action: async ({ input, credentials }) => {
      const finished = await service.waitForRun(
        readInput(runIdSchema, input.runId),
        input.timeoutSeconds * 1_000,
        { credentials },
      );
      const { state } = finished;
      return {
        output: {
          ...describeRun(finished),
          ...('problem' in state && { problem: state.problem.message }),
          ...('holding' in state && {
            waitsFor: state.holding.map(
              ({ title, reason }) => `${title}: ${reason}`,
            ),
          }),
        },
      };
    },
  });
}

function readServiceRef(text: string) {
  const ref = parseEntityRef(text, {
    defaultKind: 'component',
    defaultNamespace: 'default',
  });
  return readInput(serviceRefSchema, stringifyEntityRef(ref));
}

function describePlan({ hash, content, gates }: PlanReview) {
  return {
    planHash: hash,
    fromVersion: content.from?.version ?? null,
    toVersion: content.to.version,
    commits: content.commits.total,
    steps: content.steps.map(({ title }) => title),
    findings: [
      ...content.findings,
      ...content.migrations.flatMap(({ findings }) => findings),
    ].map(({ severity, message }) => ({ severity, message })),
    approvalsNeeded: content.approvals.needed,
    gates: gates.map(({ title, state, reason }) => ({ title, state, reason })),
  };
}

function describeRun({ id, to, state }: Run) {
  return { runId: id, version: to.version, phase: state.phase };
}
