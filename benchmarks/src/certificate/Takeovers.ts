import { FENCE_STEP } from '@slipway/plugin-deployments-backend/testUtils';
import { ClaimMark, WorldEvent } from './records';

/** What befell a worker: it is `gone`, dead or out of reach for longer than a claim lasts, or its connections were `broken`. */
export type Blight = 'gone' | 'broken';

type Claimed = { worker: string } & ClaimMark;

/** A claim whose worker was struck, and when. */
type Stricken = Claimed & { at: number; blight: Blight };

/** How a run went from a worker that was struck, at a moment, to another. */
export type Takeover = { from: string; to: string; at: number; ms: number };

/**
 * Measures how long it takes until another worker begins on a run whose worker was struck. Time counts from the blow, not from the
 * moment when somebody could have noticed.
 */
export class Takeovers {
  /** Where the worker was gone. */
  readonly gone: Takeover[] = [];
  /** Where its connections were broken, but back before its claims ran out. */
  readonly broken: Takeover[] = [];
  /** How often another one took over before, and was struck or told to stop before it could begin. */
  twice = 0;
  /** How often the run was left alone for a while, because many workers in a row had gone without taking it any further. */
  putOff = 0;
  readonly #claims = new Map<string, Claimed>();
  readonly #stricken = new Map<string, Stricken>();

  note(event: WorldEvent): void {
    switch (event.what) {
      case 'claimed':
        this.#take(event);
        return;
      case 'released':
        if (this.#claims.get(event.runId)?.worker === event.worker) {
          this.#claims.delete(event.runId);
          this.#stricken.delete(event.runId);
        }
        return;
      case 'asked':
      case 'begun':
      case 'done':
      case 'undone':
        return;
      default:
        event satisfies never;
    }
  }

  /** Notes that a replica, or all of them, were struck. */
  strike(options: { replica: string | null; at: number; blight: Blight }) {
    const { replica, at, blight } = options;
    for (const [runId, claim] of this.#claims) {
      const isStruck =
        replica === null || claim.worker.startsWith(`${replica}/`);
      const isGone = this.#stricken.get(runId)?.blight === 'gone';
      if (isStruck && !isGone) {
        this.#stricken.set(runId, { ...claim, at, blight });
      }
    }
  }

  #take(event: Extract<WorldEvent, { what: 'claimed' }>): void {
    const { runId, worker, fence, job, retries, at } = event;
    const stricken = this.#stricken.get(runId);
    this.#stricken.delete(runId);
    this.#claims.set(runId, { worker, fence, job, retries });
    if (!stricken || stricken.worker === worker) {
      return;
    }
    const isSameJob = job === stricken.job;
    // Each time that a job is taken from a worker raises its retries by one, whether that worker came to claim the run or not.
    const isTwice = isSameJob
      ? retries > stricken.retries + 1
      : retries > 0 || fence >= stricken.fence + 2 * FENCE_STEP;
    if (isTwice) {
      this.twice += 1;
    } else if (!isSameJob) {
      this.putOff += 1;
    } else {
      this[stricken.blight].push({
        from: stricken.worker,
        to: worker,
        at: stricken.at,
        ms: at - stricken.at,
      });
    }
  }
}
