import {
  environmentNameSchema,
  RunId,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';
import {
  advanceRun,
  ChangeFeed,
  Claim,
  createStores,
  Observer,
  PgBossRunEngine,
  RunController,
} from '@slipway/plugin-deployments-backend/testUtils';
import knexFactory from 'knex';
import { z } from 'zod';
import {
  createSampleDependencies,
  createSamplePlan,
  createSampleRelease,
} from '../lib/sampleRuns';
import { StderrLogger } from '../lib/StderrLogger';
import { OrderedRun, Question, Said, Told, toldSchema } from './protocol';
import { SampleTarget, WorldAccess } from './SampleTarget';
import { SCENARIOS, STEPS } from './scenarios';

/** The portal's own: how long steps under way may take to end when it is told to stop, milliseconds. */
const STOP_GRACE_MS = 20_000;

/** Where the engine keeps its jobs. */
const SCHEMA = 'deployments_engine';

const ENVIRONMENT = environmentNameSchema.parse('production');
const ANA = 'user:default/ana';
const RAJ = 'user:default/raj';

/** A run that was claimed. Its reason carries its order, so that any worker knows what it is about. */
const claimedSchema = z.object({
  service_ref: z.string(),
  fence: z.number(),
  claimed_by: z.string(),
  reason: z
    .string()
    .transform(reason => JSON.parse(reason))
    .pipe(z.object({ number: z.number(), scenario: z.enum(SCENARIOS) })),
});

/** How often the job of a claim had been given to others before. */
const jobSchema = z.object({ retry_count: z.number() });

const say = (said: Said) => process.send?.(said);

const waiting = new Map<number, (is: boolean) => void>();
let questions = 0;
let claims = 0;

/** Asks the program that started this one, and waits until it answers. */
function ask(question: Omit<Question, 'what' | 'id'>): Promise<boolean> {
  questions += 1;
  const id = questions;
  return new Promise(resolve => {
    waiting.set(id, resolve);
    say({ what: 'question', id, ...question });
  });
}

/** A replica of the portal, as far as runs go. */
async function main(url: string) {
  const logger = new StderrLogger();
  const knex = knexFactory({
    client: 'pg',
    connection: url,
    pool: { min: 0, max: 20 },
  });
  const stores = createStores(knex);
  const changes = new ChangeFeed({ logger });
  const engine = await PgBossRunEngine.create({
    knex,
    logger,
    schema: SCHEMA,
    migrate: true,
  });
  const controller = new RunController({ knex, engine, changes });

  async function advance(claim: Claim): Promise<'done' | 'parked'> {
    claims += 1;
    const number = claims;
    // Read under the claim's own fence: a worker that was stopped before this line does not say that it has the run.
    const { run, retries } = await claim.tx(async (trx, row) => {
      const claimed = claimedSchema.parse(row);
      const job: unknown = await trx
        .withSchema(SCHEMA)
        .from('job')
        .where({ id: claimed.claimed_by })
        .first('retry_count');
      return { run: claimed, retries: jobSchema.parse(job).retry_count };
    });
    const order = run.reason;
    const about = {
      claim: number,
      runId: claim.runId,
      number: order.number,
      environment: run.service_ref,
    };
    let last = '';
    let writes = 0;
    const stopAt = async (place: string) => {
      await ask({ ...about, question: { about: 'place', place } });
    };
    const pass = async (place: string) => {
      last = place;
      writes = 0;
      await stopAt(place);
    };
    const nextWrite = () => {
      writes += 1;
      return `${last}>${writes === 1 ? '' : `${writes}.`}`;
    };
    const act =
      (what: 'asked' | 'begun' | 'done' | 'undone') => (effect: string) =>
        ask({ ...about, question: { about: what, effect } });
    const world: WorldAccess = {
      pass,
      ask: act('asked'),
      begin: async effect => void (await act('begun')(effect)),
      finish: async effect => void (await act('done')(effect)),
      undo: async effect => void (await act('undone')(effect)),
    };
    const dependencies = createSampleDependencies(
      () => new SampleTarget({ world, scenario: order.scenario }),
    );
    /** A claim that comes by places whenever it writes. */
    const guarded: Claim = {
      runId: claim.runId,
      signal: claim.signal,
      get draining() {
        return claim.draining;
      },
      // Every other claim writes step by step, so that it can be struck in the middle of a transaction.
      canWriteAtOnce: claim.canWriteAtOnce && number % 2 === 0,
      async writeAtOnce(build) {
        const turn = nextWrite();
        await stopAt(`${turn}write`);
        const row = await claim.writeAtOnce(build);
        await stopAt(`${turn}written`);
        return row;
      },
      async tx(write) {
        const turn = nextWrite();
        await stopAt(`${turn}write`);
        const result = await claim.tx(async (trx, row) => {
          const written = await write(trx, row);
          await stopAt(`${turn}writing`);
          return written;
        });
        await stopAt(`${turn}written`);
        return result;
      },
    };
    const { fence, claimed_by: job } = run;
    await ask({
      ...about,
      question: { about: 'claimed', fence, job, retries },
    });
    await pass('claimed');
    const result = await advanceRun(
      {
        knex,
        engine,
        dependencies: {
          ...dependencies,
          replan: async plan => {
            await pass('plan');
            return dependencies.replan(plan);
          },
          openSource: async environment => {
            await pass('prepare');
            return dependencies.openSource(environment);
          },
        },
        observer: new Observer({
          states: stores.observedStates,
          dependencies,
          changes,
          logger,
        }),
        gates: { look: async () => [] },
        changes,
        logger,
      },
      guarded,
    );
    await ask({ ...about, question: { about: 'released' } });
    return result;
  }

  async function start(order: OrderedRun): Promise<RunId> {
    const serviceRef = serviceRefSchema.parse(order.environment);
    const { number, scenario, approvals } = order;
    const release = await createSampleRelease(stores, {
      serviceRef,
      version: String(number),
    });
    return controller.start({
      plan: createSamplePlan({
        serviceRef,
        environment: ENVIRONMENT,
        release,
        steps: STEPS.main,
        approvals,
      }),
      requestedBy: ANA,
      reason: JSON.stringify({ number, scenario }),
    });
  }

  async function decide({
    runId,
    decision,
  }: Extract<Told, { what: 'decide' }>) {
    const { planHash } = await stores.runs.require(runId);
    const about = { runId, planHash, by: RAJ, reason: 'The certificate' };
    await controller.decide({ ...about, decision });
    return runId;
  }

  async function carryOut(told: Told): Promise<void> {
    if (told.what === 'answer') {
      waiting.get(told.id)?.(told.is);
      waiting.delete(told.id);
      return;
    }
    const { id } = told;
    try {
      const runId = await (told.what === 'start'
        ? start(told.run)
        : decide(told));
      say({ what: 'answer', id, runId });
    } catch (error) {
      say({ what: 'answer', id, runId: null, problem: String(error) });
    }
  }

  process.on('message', message => {
    // What transpiles the code talks over the same line.
    const { success, data } = toldSchema.safeParse(message);
    if (success) {
      void carryOut(data);
    }
  });
  process.on('disconnect', () => process.exit(0));
  process.on('SIGTERM', async () => {
    await engine.stop({ graceMs: STOP_GRACE_MS });
    process.exit(0);
  });
  await engine.start(advance);
  say({ what: 'ready' });
}

if (process.env.CERTIFICATE_DATABASE) {
  main(process.env.CERTIFICATE_DATABASE).catch(error => {
    process.stderr.write(`${error.stack}\n`);
    process.exit(1);
  });
}
