import { readFile } from 'node:fs/promises';
import {
  HttpAuthService,
  resolvePackagePath,
} from '@backstage/backend-plugin-api';
import { createValidatedOpenApiRouterFromGeneratedEndpointMap } from '@backstage/backend-openapi-utils';
import { stringifyEntityRef } from '@backstage/catalog-model';
import {
  approvalScopeSchema,
  environmentNameSchema,
  operationSchema,
  planHashSchema,
  planRequestSchema,
  RunPhase,
  runIdSchema,
  runStateSchema,
  ServiceRef,
  serviceRefSchema,
  timestampSchema,
  triggerSchema,
} from '@slipway/plugin-deployments-common';
import { json, Request, RequestHandler, Response, Router } from 'express';
import { parse } from 'yaml';
import { z } from 'zod';
import { readInput } from '../readInput';
import { CallOptions, DeploymentsService } from '../service';
import { sendLogStream } from './sendLogStream';

const PHASES: readonly string[] = runStateSchema.options.map(
  ({ shape }) => shape.phase.value,
);

const SERVICE = '/services/:kind/:namespace/:name';

const serviceParamsSchema = z
  .object({ kind: z.string(), namespace: z.string(), name: z.string() })
  .transform(params => serviceRefSchema.parse(stringifyEntityRef(params)));

const runFilterSchema = z.object({
  environment: environmentNameSchema.optional(),
  phases: z
    .string()
    .optional()
    .transform(text => text?.split(','))
    .pipe(z.array(z.custom<RunPhase>(isPhase, 'is not a phase')).optional()),
  operation: operationSchema.optional(),
  by: z.string().optional(),
  from: z.iso.datetime().optional(),
  to: z.iso.datetime().optional(),
  cursor: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).optional(),
});

const startSchema = z.object({
  planHash: planHashSchema,
  reason: z.string().max(2_000).optional(),
  trigger: triggerSchema.optional(),
});

const reasonSchema = z.object({ reason: z.string().max(2_000) });

const holdSeenSchema = z.object({ at: timestampSchema });

const decisionSchema = z.discriminatedUnion('decision', [
  z.object({
    decision: z.literal('approved'),
    planHash: planHashSchema,
    reason: z.string().max(2_000).optional(),
  }),
  z.object({
    decision: z.literal('rejected'),
    planHash: planHashSchema,
    reason: z.string().max(2_000),
  }),
]);

const gateSchema = z.object({
  gateId: z.string().max(200),
  planHash: planHashSchema,
});

const tickSchema = gateSchema.extend({ ticked: z.boolean() });

const overrideSchema = gateSchema.extend({
  reason: z.string().min(1).max(2_000),
  expiresAt: timestampSchema.optional(),
});

const logQuerySchema = z.object({
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(5_000).optional(),
});

const waitQuerySchema = z.object({ timeoutMs: z.coerce.number() });

const scopeQuerySchema = z.object({ scope: approvalScopeSchema });

/** The REST API: translates requests to calls of the service, and does nothing else. */
export async function createRouter(options: {
  service: DeploymentsService;
  httpAuth: HttpAuthService;
  manifestSchema: Record<string, unknown>;
}): Promise<Router> {
  const { service, httpAuth, manifestSchema } = options;
  const router: Router = createValidatedOpenApiRouterFromGeneratedEndpointMap(
    parse(await readFile(findSpecification(), 'utf8')),
  );

  /** A route that answers with JSON what the service says. */
  function answer(
    act: (request: Request, call: CallOptions) => Promise<unknown>,
  ): RequestHandler {
    return async (request, response) => {
      response.json(await act(request, await toCall(request)));
    };
  }
  async function toCall(request: Request): Promise<CallOptions> {
    const credentials = await httpAuth.credentials(request, {
      allow: ['user', 'service'],
    });
    return { credentials, request };
  }

  router.get('/manifest.schema.json', (_, response) => {
    response.json(manifestSchema);
  });

  router.get(
    SERVICE,
    answer((request, call) =>
      service.getService(readServiceRef(request), call),
    ),
  );
  router.get(
    `${SERVICE}/releases`,
    answer((request, call) =>
      service.listReleases(readServiceRef(request), call),
    ),
  );
  router.get(
    `${SERVICE}/runs`,
    answer((request, call) =>
      service.listRuns(
        readServiceRef(request),
        readInput(runFilterSchema, request.query),
        call,
      ),
    ),
  );
  router.get(
    `${SERVICE}/requesters`,
    answer((request, call) =>
      service.listRequesters(readServiceRef(request), call),
    ),
  );
  router.post(
    `${SERVICE}/plans`,
    answer((request, call) =>
      service.createPlan(
        readServiceRef(request),
        readInput(planRequestSchema, request.body),
        call,
      ),
    ),
  );
  router.post(
    `${SERVICE}/environments/:environment/hold`,
    answer((request, call) =>
      service.holdEnvironment(
        readEnvironmentRef(request),
        readInput(reasonSchema, request.body),
        call,
      ),
    ),
  );
  router.post(
    `${SERVICE}/environments/:environment/hold/release`,
    answer((request, call) =>
      service.releaseHold(
        readEnvironmentRef(request),
        readInput(holdSeenSchema, request.body),
        call,
      ),
    ),
  );
  router.get(
    '/plans/:hash',
    answer((request, call) =>
      service.getPlan(readInput(planHashSchema, request.params.hash), call),
    ),
  );
  router.post(
    '/runs',
    answer((request, call) =>
      service.startRun(readInput(startSchema, request.body), call),
    ),
  );
  router.get(
    '/runs/:runId',
    answer((request, call) => service.getRun(readRunId(request), call)),
  );
  router.get('/runs/:runId/wait', async (request, response) => {
    const { timeoutMs } = readInput(waitQuerySchema, request.query);
    const run = await service.waitForRun(readRunId(request), timeoutMs, {
      ...(await toCall(request)),
      signal: signalOfClose(response),
    });
    response.json(run);
  });
  router.post(
    '/runs/:runId/cancel',
    answer((request, call) => service.cancelRun(readRunId(request), call)),
  );
  router.post(
    '/runs/:runId/release',
    answer((request, call) =>
      service.releaseRun(
        readRunId(request),
        readInput(reasonSchema, request.body),
        call,
      ),
    ),
  );
  router.post(
    '/runs/:runId/approvals',
    answer((request, call) =>
      service.decideRun(
        readRunId(request),
        readInput(decisionSchema, request.body),
        call,
      ),
    ),
  );
  router.post(
    '/runs/:runId/ticks',
    answer((request, call) =>
      service.tickGate(
        readRunId(request),
        readInput(tickSchema, request.body),
        call,
      ),
    ),
  );
  router.post(
    '/runs/:runId/overrides',
    answer((request, call) =>
      service.overrideGate(
        readRunId(request),
        readInput(overrideSchema, request.body),
        call,
      ),
    ),
  );
  router.get(
    '/runs/:runId/log',
    answer((request, call) =>
      service.getLog(
        readRunId(request),
        readInput(logQuerySchema, request.query),
        call,
      ),
    ),
  );
  router.get('/runs/:runId/log/stream', async (request, response) => {
    const { after } = readInput(logQuerySchema, {
      ...request.query,
      after: request.get('last-event-id') ?? request.query.after,
    });
    const signal = signalOfClose(response);
    const lines = await service.followLog(
      readRunId(request),
      { after },
      { ...(await toCall(request)), signal },
    );
    await sendLogStream({ lines, response, signal });
  });
  router.get(
    '/approvals',
    answer((request, call) =>
      service.listApprovals(
        readInput(scopeQuerySchema, request.query).scope,
        call,
      ),
    ),
  );
  return (
    Router()
      // Read before the validation, which takes whatever is wrong with a body, its size too, for an invalid one.
      .use(json())
      .use(router)
  );
}

function findSpecification(): string {
  return resolvePackagePath(
    '@slipway/plugin-deployments-backend',
    'src/schema/openapi.yaml',
  );
}

/** Aborted when the other side goes away, or the answer is complete. */
function signalOfClose(response: Response): AbortSignal {
  const controller = new AbortController();
  response.once('close', () => controller.abort());
  return controller.signal;
}

function readServiceRef(request: Request): ServiceRef {
  return readInput(serviceParamsSchema, request.params);
}

function readEnvironmentRef(request: Request) {
  return {
    serviceRef: readServiceRef(request),
    environment: readInput(environmentNameSchema, request.params.environment),
  };
}

function readRunId(request: Request) {
  return readInput(runIdSchema, request.params.runId);
}

function isPhase(value: unknown): boolean {
  return typeof value === 'string' && PHASES.includes(value);
}
