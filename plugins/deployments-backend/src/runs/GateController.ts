import {
  ConflictError,
  InputError,
  NotAllowedError,
  NotFoundError,
} from '@backstage/errors';
import {
  GateStatus,
  Plan,
  PlanHash,
  PlannedGate,
  RunId,
  RunPhase,
} from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { Clock, systemClock } from '../clock';
import { RunEngine } from '../engine';
import { isOverridable } from '../gates/applyDecisions';
import { nameRef } from '../permissions/nameRef';
import { createStores, RunRecord, Stores } from '../stores';
import { ChangeFeed } from './ChangeFeed';
import { cleanText } from './log/cleanText';

type Word = { runId: RunId; gateId: string; planHash: PlanHash; by: string };

/**
 * What people say to the gates of runs. Who may say it has been checked before; here it is checked whether the run is in a
 * state for it, within the transaction that keeps the word, tells of it in the run's log and wakes the run.
 */
export class GateController {
  readonly #knex: Knex;
  readonly #engine: RunEngine;
  readonly #changes: ChangeFeed;
  readonly #clock: Clock;

  constructor(options: {
    knex: Knex;
    engine: RunEngine;
    changes: ChangeFeed;
    clock?: Clock;
  }) {
    this.#knex = options.knex;
    this.#engine = options.engine;
    this.#changes = options.changes;
    this.#clock = options.clock ?? systemClock;
  }

  /**
   * Ticks an item of a checklist, or takes the tick back.
   *
   * @throws ConflictError where the run has begun, or waits with another plan; NotFoundError for a gate that it does not have; InputError for one
   * that the system judges.
   */
  async tick(word: Word & { ticked: boolean }): Promise<void> {
    const { ticked, by } = word;
    await this.#decide(word, async ({ stores, gate }) => {
      if (!gate.tickable) {
        throw new InputError(`${gate.title} is nothing that a person ticks.`);
      }
      await stores.gates.decide({
        ...word,
        decision: ticked ? 'tick' : 'untick',
        at: this.#now(),
        reason: null,
        expiresAt: null,
        overrode: null,
      });
      return ticked
        ? `${nameRef(by)} ticked “${gate.title}”.`
        : `${nameRef(by)} took the tick of “${gate.title}” back.`;
    });
  }

  /**
   * Lets a run pass a gate that holds it: until then, until the freeze ends that the person saw, and no longer than a check that was under
   * way has not failed.
   *
   * @throws as {@link GateController.tick}; NotAllowedError where the person asked for the run themselves and the plan does not let them approve
   * it; InputError without a reason, with an end that is past, or for a gate that nobody may override; ConflictError for one that holds nothing.
   */
  async override(
    word: Word & { reason: string; expiresAt?: string },
  ): Promise<void> {
    const { by, reason, expiresAt } = word;
    await this.#decide(word, async ({ stores, run, plan, gate }) => {
      if (!isOverridable(gate)) {
        throw new InputError(`Nobody can let a run pass ${gate.title}.`);
      }
      if (!reason.trim()) {
        throw new InputError(`Say why this run may pass ${gate.title}.`);
      }
      const at = this.#clock();
      if (expiresAt !== undefined && Date.parse(expiresAt) <= at.getTime()) {
        throw new InputError('It would have ended already.');
      }
      if (run.requestedBy === by && !plan.content.approvals.selfApproval) {
        throw new NotAllowedError(
          'You asked for this run. Another person must let it pass.',
        );
      }
      const [status] = (
        (await stores.gates.getMany([run.id])).get(run.id) ?? []
      ).filter(({ id }) => id === gate.id);
      const end = status && findEnd(status, expiresAt);
      if (!status || status.state === 'open' || (end && end <= at)) {
        throw new ConflictError(`${gate.title} does not hold this run.`);
      }
      await stores.gates.decide({
        ...word,
        decision: 'override',
        at: at.toISOString(),
        reason,
        expiresAt: end?.toISOString() ?? null,
        overrode: status.state,
      });
      return `${nameRef(by)} lets this run pass “${gate.title}”: ${reason}`;
    });
  }

  async #decide(
    word: Word,
    keep: (options: {
      stores: Stores;
      run: RunRecord;
      plan: Plan;
      gate: PlannedGate;
    }) => Promise<string>,
  ): Promise<void> {
    const { runId, planHash, gateId } = word;
    const changed = await this.#knex.transaction(async trx => {
      const stores = createStores(trx);
      const run = await stores.runs.lock(runId);
      if (!isBeforeStart(run.phase)) {
        throw new ConflictError(
          'This run has begun: nothing holds it any more.',
        );
      }
      if (run.planHash !== planHash) {
        throw new ConflictError(
          'The plan changed after you read it. Review it again',
        );
      }
      const plan = await stores.plans.require(planHash);
      const gate = plan.content.gates?.find(({ id }) => id === gateId);
      if (!gate) {
        throw new NotFoundError(`This run has no gate ${gateId}.`);
      }
      const text = cleanText(await keep({ stores, run, plan, gate })).replace(
        /\s+/g,
        ' ',
      );
      await stores.logs.append({
        runId,
        lines: [{ step: 0, at: this.#now(), stream: 'system', text }],
        bytes: text.length,
      });
      await this.#engine.wake(runId, { trx });
      return run;
    });
    this.#changes.publish({
      what: 'run',
      serviceRef: changed.serviceRef,
      runId,
    });
  }

  #now(): string {
    return this.#clock().toISOString();
  }
}

/** Until when a run may pass a gate: as long as the person says, and a freeze until its end at most, for the next one is another. */
function findEnd(
  { kind, until }: GateStatus,
  expiresAt: string | undefined,
): Date | undefined {
  const ends = [expiresAt, kind === 'freeze' ? until : null].flatMap(end =>
    typeof end === 'string' ? [Date.parse(end)] : [],
  );
  return ends.length === 0 ? undefined : new Date(Math.min(...ends));
}

/** Whether what people say to the gates of a run in this phase can still matter. */
export function isBeforeStart(phase: RunPhase): boolean {
  return (
    phase === 'waiting-for-approval' ||
    phase === 'waiting-for-gates' ||
    phase === 'queued'
  );
}
