import { randomUUID } from 'node:crypto';
import { ConflictError, InputError, NotAllowedError } from '@backstage/errors';
import {
  ObservedState,
  Plan,
  PlanHash,
  RunId,
  runIdSchema,
  Trigger,
} from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { Clock, systemClock } from '../clock';
import { RunEngine } from '../engine';
import { nameRef } from '../permissions';
import { createStores, RunRecord, Stores } from '../stores';
import { captureTrace, Telemetry } from '../telemetry';
import { ChangeFeed, ChangeListener } from './ChangeFeed';
import { endRun } from './endRun';
import { hasSwitched } from './hasSwitched';
import {
  findApprovalDeadline,
  judgeApprovals,
  listCounting,
} from './judgeApprovals';
import { listBlockingFindings } from './listBlockingFindings';
import { listPlannedSteps } from './listPlannedSteps';
import { passApprovals } from './passApprovals';
import { releaseRun } from './releaseRun';

/** A person's word on a waiting run. `planHash` is that of the plan which the person saw. */
export type Decision = {
  runId: RunId;
  planHash: PlanHash;
  by: string;
  /** The approver groups of the plan that the person is a member of. */
  groups?: readonly string[];
} & (
  | { decision: 'approved'; reason?: string }
  | { decision: 'rejected'; reason: string }
);

/**
 * What people do to runs. Who may do it has been checked before; here it is checked whether the run is in a state for it,
 * within the transaction that does it.
 */
export class RunController {
  readonly #knex: Knex;
  readonly #engine: RunEngine;
  readonly #changes: ChangeFeed;
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;

  constructor(options: {
    knex: Knex;
    engine: RunEngine;
    changes: ChangeFeed;
    /** The system's unless told. */
    clock?: Clock;
    /** Sees nothing unless told. */
    telemetry?: Telemetry;
  }) {
    this.#knex = options.knex;
    this.#engine = options.engine;
    this.#changes = options.changes;
    this.#clock = options.clock ?? systemClock;
    this.#telemetry = options.telemetry ?? new Telemetry();
  }

  /** Returns the function that ends the listening. */
  onChange(listener: ChangeListener): () => void {
    return this.#changes.listen(listener);
  }

  /**
   * Begins to do what a plan says: the run waits for its approvals, then for its gates, then for its environment. Asking a second
   * time begins nothing anew as long as the run is not finished: a button is pressed twice, a request sent again.
   *
   * @throws ConflictError where the plan has a blocking finding, or somebody else asked for it already.
   */
  async start(options: {
    plan: Plan;
    requestedBy: string;
    /** `person` unless told. */
    trigger?: Trigger;
    reason?: string;
  }): Promise<RunId> {
    const { plan, requestedBy, trigger = 'person', reason = null } = options;
    const { content } = plan;
    const [blocking] = listBlockingFindings(plan);
    if (blocking) {
      throw new ConflictError(blocking.message);
    }
    const id = runIdSchema.parse(randomUUID());
    const { run: begun, isNew } = await this.#knex.transaction(async trx => {
      const stores = createStores(trx);
      const same = await findSame({
        stores,
        plan,
        requestedBy,
        trigger,
      });
      if (same) {
        return { run: same, isNew: false };
      }
      await stores.plans.save(plan);
      const run = await stores.runs.insert({
        id,
        serviceRef: content.serviceRef,
        environment: content.environment,
        operation: content.operation,
        planHash: plan.hash,
        releaseId: content.to.id,
        fromReleaseId: content.from?.id ?? null,
        phase: 'waiting-for-approval',
        requestedBy,
        trigger,
        trace: captureTrace(),
        reason,
        createdAt: this.#clock().toISOString(),
      });
      await stores.steps.insert(id, listPlannedSteps(plan));
      if (content.approvals.needed === 0) {
        await this.#pass(trx, run, plan);
      } else if (content.gates || content.approvals.expiryMs !== undefined) {
        await this.#engine.wake(id, { trx });
      }
      return { run, isNew: true };
    });
    if (isNew) {
      this.#telemetry.noteStart(begun);
    }
    this.#publish(begun);
    return begun.id;
  }

  /**
   * Takes a person's yes or no. The last yes that was wanting takes the run to its gates and into the queue; one no ends it. A second
   * yes of the same person changes nothing.
   *
   * @throws ConflictError where the run does not wait for approval, or waits with another plan, or waited too long; NotAllowedError where the person
   * asked for the run themselves and the plan does not let them approve it; InputError for a no without a reason.
   */
  async decide(decision: Decision): Promise<void> {
    const { runId, planHash, by, groups = [], reason = null } = decision;
    const moment = this.#clock();
    const at = moment.toISOString();
    const run = await this.#knex.transaction(async trx => {
      const stores = createStores(trx);
      const waiting = await stores.runs.lock(runId);
      if (waiting.phase !== 'waiting-for-approval') {
        throw new ConflictError('This run does not wait for approval any more');
      }
      if (waiting.planHash !== planHash) {
        throw new ConflictError(
          'The plan changed after you read it. Review it again',
        );
      }
      if (decision.decision === 'rejected') {
        if (!decision.reason.trim()) {
          throw new InputError('Say why you reject this run');
        }
        await stores.approvals.add({
          ...decision,
          groups: [...groups],
          at,
          reason,
        });
        await endRun({
          trx,
          engine: this.#engine,
          run: waiting,
          outcome: { phase: 'rejected', by, reason: decision.reason },
        });
        return waiting;
      }
      const plan = await stores.plans.require(planHash);
      const rules = plan.content.approvals;
      if (waiting.requestedBy === by && !rules.selfApproval) {
        throw new NotAllowedError(
          'You asked for this run. Another person must approve it',
        );
      }
      const deadline = findApprovalDeadline(rules, waiting.phaseSince);
      if (deadline && deadline <= moment) {
        throw new ConflictError(
          'This run waited too long for its approvals. Start it again',
        );
      }
      const of = { rules, planHash, at: moment };
      const given = await stores.approvals.list([runId]);
      const counting = listCounting({ ...of, approvals: given });
      if (!counting.some(earlier => earlier.by === by)) {
        await stores.approvals.add({
          ...decision,
          groups: [...groups],
          at,
          reason,
        });
      }
      const approvals = await stores.approvals.list([runId]);
      if (judgeApprovals({ ...of, approvals }).isComplete) {
        await this.#pass(trx, waiting, plan);
      }
      return waiting;
    });
    await this.#noteChange(run);
  }

  /**
   * Stops a run: at once while it waits, between two steps while it runs.
   *
   * @throws ConflictError where the run is finished, or users may have met the new release already.
   */
  async cancel(options: { runId: RunId; by: string }): Promise<void> {
    const { runId, by } = options;
    const run = await this.#knex.transaction(async trx => {
      const stores = createStores(trx);
      const found = await stores.runs.lock(runId);
      switch (found.phase) {
        case 'waiting-for-approval':
        case 'waiting-for-gates':
        case 'queued':
          await endRun({
            trx,
            engine: this.#engine,
            run: found,
            outcome: { phase: 'cancelled', by },
          });
          return found;
        case 'running':
          await this.#requestCancel(trx, found, by);
          return found;
        case 'succeeded':
        case 'failed':
        case 'errored':
        case 'cancelled':
        case 'rejected':
          throw new ConflictError('This run is finished already');
        default:
          return found.phase satisfies never;
      }
    });
    await this.#noteChange(run);
  }

  /**
   * Ends a run that is stuck, and frees its environment.
   *
   * @throws ConflictError where something happened to it of late; InputError without a reason.
   */
  async release(options: {
    runId: RunId;
    by: string;
    reason: string;
    observed: ObservedState;
  }): Promise<void> {
    const { runId, ...rest } = options;
    if (!rest.reason.trim()) {
      throw new InputError('Say why you release the environment');
    }
    const run = await this.#knex.transaction(async trx => {
      const found = await createStores(trx).runs.lock(runId);
      await releaseRun({ trx, engine: this.#engine, run: found, ...rest });
      return found;
    });
    await this.#noteChange(run);
  }

  async #pass(trx: Knex.Transaction, run: RunRecord, plan: Plan) {
    await passApprovals({
      trx,
      engine: this.#engine,
      clock: this.#clock,
      run,
      plan,
    });
  }

  async #requestCancel(trx: Knex.Transaction, run: RunRecord, by: string) {
    const stores = createStores(trx);
    if (hasSwitched(await stores.steps.list([run.id]))) {
      throw new ConflictError(
        'Users may already be served by the new release. Let this run finish, and roll back if it is not what you want',
      );
    }
    if (run.outcome) {
      throw new ConflictError('This run is already taking back what it did');
    }
    await stores.runs.update(run.id, { cancelRequestedBy: by });
  }

  /** Tells of a change that was committed. The run is as it was before. */
  async #noteChange(run: RunRecord): Promise<void> {
    this.#publish(run);
    const { runs } = createStores(this.#knex);
    this.#telemetry.noteChange(run, await runs.require(run.id));
  }

  #publish(run: Pick<RunRecord, 'id' | 'serviceRef'>): void {
    this.#changes.publish({
      what: 'run',
      serviceRef: run.serviceRef,
      runId: run.id,
    });
  }
}

/** The unfinished run of a plan. Takes the lock of its environment, so that two who ask at once find each other. */
async function findSame(options: {
  stores: Stores;
  plan: Plan;
  requestedBy: string;
  trigger: Trigger;
}): Promise<RunRecord | undefined> {
  const { stores, plan, requestedBy, trigger } = options;
  await stores.environments.lock(plan.content);
  const unfinished = await stores.runs.listUnfinished(plan.content.serviceRef);
  // A person need not wait behind a pipeline that is held back.
  const same = unfinished.find(
    run => run.planHash === plan.hash && run.trigger === trigger,
  );
  if (same && same.requestedBy !== requestedBy) {
    throw new ConflictError(
      `${nameRef(same.requestedBy)} asked for exactly this already, and it is not finished.`,
    );
  }
  return same;
}
