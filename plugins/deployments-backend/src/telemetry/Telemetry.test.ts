import {
  MetricsService,
  TracingService,
} from '@backstage/backend-plugin-api/alpha';
import {
  mockServices,
  ServiceFactoryTester,
} from '@backstage/backend-test-utils';
import {
  metricsServiceFactory,
  tracingServiceFactory,
} from '@backstage/backend-defaults/alpha';
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base';
import { Knex } from 'knex';
import { createTestDatabases } from '../__testUtils__/createTestDatabases';
import { Gate } from '../__testUtils__/Gate';
import { RAJ, Runs, SHOP, startRuns } from '../__testUtils__/startRuns';
import { surveyEnvironments } from '../service/surveyEnvironments';
import { createStores, migrateDatabase } from '../stores';
import { Telemetry } from './Telemetry';

jest.setTimeout(60_000);

const databases = createTestDatabases();

/** OpenTelemetry as a portal sets it up, with all that it gets kept in memory. */
class Collector {
  readonly spans = new InMemorySpanExporter();
  readonly #metrics = new InMemoryMetricExporter(
    AggregationTemporality.CUMULATIVE,
  );
  readonly #meters = new MeterProvider({
    readers: [
      new PeriodicExportingMetricReader({
        exporter: this.#metrics,
        exportIntervalMillis: 3_600_000,
      }),
    ],
  });

  start(): void {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager());
    propagation.setGlobalPropagator(new W3CTraceContextPropagator());
    trace.setGlobalTracerProvider(
      new BasicTracerProvider({
        spanProcessors: [new SimpleSpanProcessor(this.spans)],
      }),
    );
    metrics.setGlobalMeterProvider(this.#meters);
  }

  async stop(): Promise<void> {
    await this.#meters.shutdown();
    for (const api of [context, propagation, trace, metrics]) {
      api.disable();
    }
  }

  /** What a metric is at present, a line for each set of attributes: its value, or how often it was measured. */
  async read(name: string): Promise<Array<[object, unknown]>> {
    this.#metrics.reset();
    await this.#meters.forceFlush();
    return this.#metrics
      .getMetrics()
      .flatMap(({ scopeMetrics }) => scopeMetrics)
      .flatMap(scope => scope.metrics)
      .filter(({ descriptor }) => descriptor.name === name)
      .flatMap(({ dataPoints }) =>
        dataPoints.map(({ attributes, value }): [object, unknown] => [
          attributes,
          typeof value === 'object' ? value.count : value,
        ]),
      );
  }
}

describe.each(databases.eachSupportedId())(
  'what is seen of runs from outside, on %s',
  databaseId => {
    let collector: Collector;
    let knex: Knex;

    beforeEach(() => {
      collector = new Collector();
      collector.start();
    });
    afterEach(() => collector.stop());

    async function start(): Promise<Runs> {
      knex = await databases.init(databaseId);
      await migrateDatabase(knex);
      const dependencies = [mockServices.rootConfig.factory()];
      const telemetry = new Telemetry({
        metrics: await ServiceFactoryTester.from<
          MetricsService,
          'plugin',
          'singleton'
        >(metricsServiceFactory, { dependencies }).getSubject('deployments'),
        tracing: await ServiceFactoryTester.from<
          TracingService,
          'plugin',
          'singleton'
        >(tracingServiceFactory, { dependencies }).getSubject('deployments'),
      });
      telemetry.observeEnvironments(() =>
        surveyEnvironments(createStores(knex)),
      );
      return startRuns({ knex, telemetry });
    }

    it('given runs that end in several ways, then they are counted by operation and outcome, and measured', async () => {
      const runs = await start();
      await runs.end(await runs.deploy({ version: '1.0.0' }));
      runs.target.refuse('1.1.0');
      await runs.end(await runs.deploy({ version: '1.1.0' }));
      runs.settings.approvals = { needed: 1, groups: [], selfApproval: false };
      await runs.controller.cancel({
        runId: await runs.deploy({ version: '1.2.0' }),
        by: RAJ,
      });
      const plan = await runs.plan({ version: '1.3.0' });
      await runs.controller.decide({
        runId: await runs.controller.start({ plan, requestedBy: 'ci' }),
        planHash: plan.hash,
        decision: 'rejected',
        reason: 'not today',
        by: RAJ,
      });
      await runs.engine.stop({ graceMs: 10_000 });

      const deploy = { 'deployments.operation': 'deploy' };
      await expect(collector.read('deployments.runs.started')).resolves.toEqual(
        [[{ ...deploy, 'deployments.trigger': 'person' }, 4]],
      );
      const ended = await collector.read('deployments.runs.ended');
      expect(
        ended.map(([attributes, count]) => [
          ...Object.values(attributes).map(String),
          count,
        ]),
      ).toEqual([
        ['deploy', 'succeeded', 'false', 1],
        ['deploy', 'failed', 'true', 1],
        ['deploy', 'cancelled', 'false', 1],
        ['deploy', 'rejected', 'false', 1],
      ]);
      await expect(collector.read('deployments.run.duration')).resolves.toEqual(
        [
          [{ ...deploy, 'deployments.outcome': 'succeeded' }, 1],
          [{ ...deploy, 'deployments.outcome': 'failed' }, 1],
        ],
      );
      await expect(collector.read('deployments.queue.wait')).resolves.toEqual([
        [{ ...deploy, 'deployments.trigger': 'person' }, 2],
      ]);
      await expect(
        collector.read('deployments.approval.wait'),
      ).resolves.toEqual([
        [{ ...deploy, 'deployments.decision': 'rejected' }, 1],
      ]);
      await expect(collector.read('deployments.runs.active')).resolves.toEqual([
        [deploy, 0],
      ]);
      const steps = await collector.read('deployments.step.duration');
      expect(
        steps.map(([attributes, count]) => [
          ...Object.values(attributes).slice(0, 3),
          Object.values(attributes).at(-1),
          count,
        ]),
      ).toContainEqual(['run', 'verify', 'main', 'failed', 1]);
    });

    it('given a portal that stops in the middle of a step, then that is not counted against the step', async () => {
      const runs = await start();
      const begun = new Gate();
      runs.target.before(
        'upload',
        ({ signal }) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () =>
              reject(new Error('the connection was closed')),
            );
            begun.pass();
          }),
      );
      await runs.deploy({ version: '1.0.0' });
      await begun.reached;

      await runs.engine.stop({ graceMs: 0 });

      const steps = await collector.read('deployments.step.duration');
      expect(steps.map(([attributes]) => attributes)).toContainEqual(
        expect.objectContaining({
          'deployments.step.id': 'upload',
          'deployments.outcome': 'interrupted',
        }),
      );
    });

    it('given a request within a trace, then the run and its steps belong to that trace', async () => {
      const runs = await start();
      const gate = new Gate();
      runs.target.before('upload', () => gate.pass());
      const runId = await trace
        .getTracer('test')
        .startActiveSpan('POST /runs', async span => {
          const id = await runs.deploy({ version: '1.0.0' });
          span.end();
          return id;
        });
      await gate.reached;
      gate.open();
      await runs.end(runId);
      await runs.engine.stop({ graceMs: 10_000 });

      const spans = collector.spans.getFinishedSpans();
      const request = spans.find(({ name }) => name === 'POST /runs');
      const advanced = spans.find(
        ({ name }) => name === 'deployments.run.advance',
      );
      const steps = spans.filter(({ name }) =>
        name.startsWith('deployments.step.'),
      );
      expect(advanced?.attributes).toMatchObject({
        'deployments.run.id': runId,
        'deployments.service.ref': SHOP,
        'backstage.plugin.id': 'deployments',
      });
      expect(advanced?.parentSpanContext?.spanId).toBe(
        request?.spanContext().spanId,
      );
      expect(steps.map(span => span.attributes['deployments.step.id'])).toEqual(
        ['build', 'upload', 'switch', 'restart', 'verify'],
      );
      for (const step of steps) {
        expect(step.parentSpanContext?.spanId).toBe(
          advanced?.spanContext().spanId,
        );
      }
    });

    it('given environments that are held or at work, then they are seen whenever metrics are collected', async () => {
      const runs = await start();
      await runs.environments.hold({
        serviceRef: SHOP,
        environment: 'staging',
        by: RAJ,
        reason: 'load test',
      });
      const gate = new Gate();
      runs.target.before('upload', () => gate.pass());
      const runId = await runs.deploy({ version: '1.0.0' });
      await gate.reached;

      await expect(
        collector.read('deployments.environments.held'),
      ).resolves.toEqual([[{}, 1]]);
      await expect(
        collector.read('deployments.environments.stuck'),
      ).resolves.toEqual([[{}, 0]]);
      await expect(
        collector.read('deployments.runs.unfinished'),
      ).resolves.toContainEqual([{ 'deployments.phase': 'running' }, 1]);
      await expect(collector.read('deployments.runs.active')).resolves.toEqual([
        [{ 'deployments.operation': 'deploy' }, 1],
      ]);
      gate.open();
      await runs.end(runId);
    });
  },
);

it('given no services, then everything goes on and nothing is seen', async () => {
  await expect(
    new Telemetry().measureStep(
      {
        call: 'run',
        step: 'upload',
        stage: 'main',
        operation: 'deploy',
        targetKind: 'vps',
        signal: new AbortController().signal,
      },
      async () => 'done',
    ),
  ).resolves.toBe('done');
});
