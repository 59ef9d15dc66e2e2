import { ConflictError, InputError } from '@backstage/errors';
import {
  EnvironmentName,
  Hold,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { Knex } from 'knex';
import { RunEngine } from '../engine';
import { nameRef } from '../permissions';
import { createStores } from '../stores';
import { now } from '../stores/columns';
import { ChangeFeed } from './ChangeFeed';
import { wakeFirst } from './queue';

type Environment = { serviceRef: ServiceRef; environment: EnvironmentName };

/** What people do to environments. Who may do it has been checked before. */
export class EnvironmentController {
  readonly #knex: Knex;
  readonly #engine: RunEngine;
  readonly #changes: ChangeFeed;

  constructor(options: { knex: Knex; engine: RunEngine; changes: ChangeFeed }) {
    this.#knex = options.knex;
    this.#engine = options.engine;
    this.#changes = options.changes;
  }

  /**
   * Keeps automatic runs out of an environment. What has begun there goes on.
   *
   * @throws ConflictError where it is held already; InputError for a hold without a reason.
   */
  async hold(
    options: Environment & { by: string; reason: string },
  ): Promise<Hold> {
    const { by, reason, ...of } = options;
    if (!reason.trim()) {
      throw new InputError(`Say why you hold ${of.environment}`);
    }
    const hold: Hold = { by, reason: reason.trim(), at: now(), runId: null };
    await this.#knex.transaction(async trx => {
      const { environments } = createStores(trx);
      const { hold: present } = await environments.lock(of);
      if (present) {
        throw new ConflictError(
          `${of.environment} is held already by ${nameRef(present.by)}: ${present.reason}`,
        );
      }
      await environments.setHold(of, hold);
    });
    this.#publish(of);
    return hold;
  }

  /**
   * Lets automatic runs in again, and wakes the one whose turn it is.
   *
   * @throws ConflictError where the hold is not the one that was seen.
   */
  async releaseHold(options: Environment & { at: string }): Promise<Hold> {
    const { at, ...of } = options;
    const released = await this.#knex.transaction(async trx => {
      const { environments } = createStores(trx);
      const { hold } = await environments.lock(of);
      if (!hold) {
        throw new ConflictError(`${of.environment} is not held any more`);
      }
      if (hold.at !== at) {
        throw new ConflictError(
          `${of.environment} is held for another reason by now. Held by ${nameRef(hold.by)}: ${hold.reason}`,
        );
      }
      await environments.setHold(of, null);
      await wakeFirst({ trx, engine: this.#engine, of });
      return hold;
    });
    this.#publish(of);
    return released;
  }

  #publish({ serviceRef }: Environment): void {
    this.#changes.publish({ what: 'environment', serviceRef, runId: null });
  }
}
