import { randomUUID } from 'node:crypto';
import { ConflictError, InputError, NotAllowedError } from '@backstage/errors';
import {
  Plan,
  PlanHash,
  RunId,
  runIdSchema,
} from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { RunEngine } from '../engine';
import { nameRef } from '../permissions';
import { createStores, RunRecord, Stores } from '../stores';
import { now } from '../stores/columns';
import { ChangeFeed, ChangeListener } from './ChangeFeed';
import { countApprovals } from './countApprovals';
import { endRun } from './endRun';
import { hasSwitched } from './hasSwitched';
import { listBlockingFindings } from './listBlockingFindings';
import { listPlannedSteps } from './listPlannedSteps';
import { joinQueue } from './queue';

/** A person's word on a waiting run. `planHash` is that of the plan which the person saw. */
export type Decision = { runId: RunId; planHash: PlanHash; by: string } & (
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

  constructor(options: { knex: Knex; engine: RunEngine; changes: ChangeFeed }) {
    this.#knex = options.knex;
    this.#engine = options.engine;
    this.#changes = options.changes;
  }

  /** Returns the function that ends the listening. */
  onChange(listener: ChangeListener): () => void {
    return this.#changes.listen(listener);
  }

  /**
   * Begins to do what a plan says: the run waits for its approvals, or for its environment where it needs none. Asking a second time
   * begins nothing anew as long as the run is not finished: a button is pressed twice, a request sent again.
   *
   * @throws ConflictError where the plan has a blocking finding, or somebody else asked for it already.
   */
  async start(options: {
    plan: Plan;
    requestedBy: string;
    reason?: string;
  }): Promise<RunId> {
    const { plan, requestedBy, reason = null } = options;
    const { content } = plan;
    const [blocking] = listBlockingFindings(plan);
    if (blocking) {
      throw new ConflictError(blocking.message);
    }
    const id = runIdSchema.parse(randomUUID());
    const begun = await this.#knex.transaction(async trx => {
      const stores = createStores(trx);
      const same = await findSame({ stores, plan, requestedBy });
      if (same) {
        return same;
      }
      await stores.plans.save(plan);
      await stores.runs.insert({
        id,
        serviceRef: content.serviceRef,
        environment: content.environment,
        operation: content.operation,
        planHash: plan.hash,
        releaseId: content.to.id,
        fromReleaseId: content.from?.id ?? null,
        phase: 'waiting-for-approval',
        requestedBy,
        reason,
        createdAt: now(),
      });
      await stores.steps.append(id, listPlannedSteps(plan));
      if (content.approvals.needed === 0) {
        const run = await stores.runs.require(id);
        await joinQueue({ trx, engine: this.#engine, run });
      }
      return id;
    });
    this.#publish({ id: begun, serviceRef: content.serviceRef });
    return begun;
  }

  /**
   * Takes a person's yes or no. The last yes that was wanting puts the run into the queue; one no ends it. A second
   * yes of the same person changes nothing.
   *
   * @throws ConflictError where the run does not wait for approval, or waits with another plan; NotAllowedError where the person
   * asked for the run themselves and the plan does not let them approve it; InputError for a no without a reason.
   */
  async decide(decision: Decision): Promise<void> {
    const { runId, planHash, by, reason = null } = decision;
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
        await stores.approvals.add({ ...decision, reason });
        await endRun({
          trx,
          engine: this.#engine,
          run: waiting,
          outcome: { phase: 'rejected', by, reason: decision.reason },
        });
        return waiting;
      }
      const { needed, selfApproval } = (await stores.plans.require(planHash))
        .content.approvals;
      if (waiting.requestedBy === by && !selfApproval) {
        throw new NotAllowedError(
          'You asked for this run. Another person must approve it',
        );
      }
      const given = await stores.approvals.list([runId]);
      const again = given.some(
        earlier =>
          earlier.by === by &&
          earlier.planHash === planHash &&
          earlier.voidedAt === null,
      );
      if (!again) {
        await stores.approvals.add({ ...decision, reason });
      }
      const count = countApprovals(
        await stores.approvals.list([runId]),
        planHash,
      );
      if (count >= needed) {
        await joinQueue({ trx, engine: this.#engine, run: waiting });
      }
      return waiting;
    });
    this.#publish(run);
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
    this.#publish(run);
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
}): Promise<RunId | undefined> {
  const { stores, plan, requestedBy } = options;
  await stores.environments.lock(plan.content);
  const unfinished = await stores.runs.listUnfinished(plan.content.serviceRef);
  const same = unfinished.find(({ planHash }) => planHash === plan.hash);
  if (same && same.requestedBy !== requestedBy) {
    throw new ConflictError(
      `${nameRef(same.requestedBy)} asked for exactly this already, and it is not finished.`,
    );
  }
  return same?.id;
}
