import { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyError } from '@backstage/errors';
import { ClaimLostError } from '../ClaimLostError';
import { FencedClaim } from '../FencedClaim';
import { LEASE_MS, REFRESH_MS } from './constants';
import { RunJob, RunQueue } from './RunQueue';

/** How often it is looked whether a lease has run out, milliseconds. */
const LOOK_MS = 500;

type Lease = { job: RunJob; claim: FencedClaim; until: number };

/**
 * Gives signs of life for the claims of this process, and aborts those that it lost: because the queue says so, or because no sign of
 * life has got through for so long that the queue may have given them away.
 */
export class Leases {
  readonly #queue: RunQueue;
  readonly #logger: LoggerService;
  readonly #leases = new Map<string, Lease>();
  #refreshTimer: NodeJS.Timeout | undefined;
  #lookTimer: NodeJS.Timeout | undefined;

  constructor(options: { queue: RunQueue; logger: LoggerService }) {
    this.#queue = options.queue;
    this.#logger = options.logger;
  }

  start(): void {
    this.#refreshTimer = setInterval(() => this.#refresh(), REFRESH_MS);
    this.#lookTimer = setInterval(() => this.#look(), LOOK_MS);
  }

  stop(): void {
    clearInterval(this.#refreshTimer);
    clearInterval(this.#lookTimer);
  }

  /** `since` is the moment, by `performance.now()`, before the claim was asked for. */
  add(lease: { job: RunJob; claim: FencedClaim; since: number }): void {
    const { job, claim, since } = lease;
    this.#leases.set(job.id, { job, claim, until: since + LEASE_MS });
  }

  remove(job: RunJob): void {
    this.#leases.delete(job.id);
  }

  async #refresh(): Promise<void> {
    const leases = [...this.#leases.values()];
    if (leases.length === 0) {
      return;
    }
    const since = performance.now();
    try {
      const held = await this.#queue.touch(leases.map(({ job }) => job));
      for (const lease of leases) {
        if (held.has(lease.job.id)) {
          lease.until = since + LEASE_MS;
        } else {
          this.#abort(lease, 'Another worker was given the run');
        }
      }
    } catch (error) {
      this.#logger.warn(
        `No sign of life could be given: ${stringifyError(error)}`,
      );
    }
  }

  #look(): void {
    for (const lease of this.#leases.values()) {
      if (lease.until <= performance.now()) {
        this.#abort(
          lease,
          'No sign of life got through, so another worker may have the run',
        );
      }
    }
  }

  #abort(lease: Lease, reason: string): void {
    // A claim that was given back in the meantime was not lost.
    if (this.#leases.get(lease.job.id) !== lease) {
      return;
    }
    this.#leases.delete(lease.job.id);
    lease.claim.abort(new ClaimLostError(reason));
  }
}
