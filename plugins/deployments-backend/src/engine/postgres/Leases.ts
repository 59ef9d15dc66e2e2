import { LoggerService } from '@backstage/backend-plugin-api';
import { stringifyError } from '@backstage/errors';
import { ClaimLostError } from '../ClaimLostError';
import { FencedClaim } from '../FencedClaim';
import { LEASE_MS, REFRESH_MS } from './constants';
import { RunJob, RunQueue } from './RunQueue';

/** How often it is looked whether a lease has run out, milliseconds. */
const LOOK_MS = 500;

type Claimed = { job: RunJob; claim: FencedClaim };
type Lease = Claimed & { until: number };

/**
 * Gives signs of life for the claims of this process, and aborts those that it lost: because the queue says so, or because no sign of
 * life has got through for so long that the queue may have given them away.
 */
export class Leases {
  readonly #queue: Pick<RunQueue, 'touch'>;
  readonly #logger: LoggerService;
  readonly #leases = new Map<FencedClaim, Lease>();
  #refreshTimer: NodeJS.Timeout | undefined;
  #lookTimer: NodeJS.Timeout | undefined;

  constructor(options: {
    queue: Pick<RunQueue, 'touch'>;
    logger: LoggerService;
  }) {
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
  add(claimed: Claimed & { since: number }): void {
    const { job, claim, since } = claimed;
    for (const earlier of this.#leases.values()) {
      if (earlier.job.id === job.id) {
        this.#abort(earlier, 'The run was claimed anew');
      }
    }
    const lease = { job, claim, until: since };
    this.#leases.set(claim, lease);
    this.#renew(lease, since);
    this.#abortIfOver(lease);
  }

  remove(claim: FencedClaim): void {
    this.#leases.delete(claim);
  }

  async #refresh(): Promise<void> {
    // A process that was stopped keeps no claim from others that it does not trust any more itself.
    this.#look();
    const leases = [...this.#leases.values()];
    if (leases.length === 0) {
      return;
    }
    const since = performance.now();
    try {
      const held = await this.#queue.touch(leases.map(({ job }) => job));
      for (const lease of leases) {
        if (held.has(lease.job.id)) {
          this.#renew(lease, since);
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

  #renew(lease: Lease, since: number): void {
    lease.until = since + LEASE_MS;
    lease.claim.trustUntil(lease.until);
  }

  #look(): void {
    for (const lease of this.#leases.values()) {
      this.#abortIfOver(lease);
    }
  }

  #abortIfOver(lease: Lease): void {
    if (lease.until <= performance.now()) {
      this.#abort(
        lease,
        'No sign of life got through, so another worker may have the run',
      );
    }
  }

  #abort(lease: Lease, reason: string): void {
    // A claim that was given back in the meantime was not lost.
    if (!this.#leases.delete(lease.claim)) {
      return;
    }
    lease.claim.abort(new ClaimLostError(reason));
  }
}
