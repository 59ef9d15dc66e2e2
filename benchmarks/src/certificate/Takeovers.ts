import { FENCE_STEP } from '@slipway/plugin-deployments-backend/testUtils';
import { WorldEvent } from './records';

/** What befell a worker: it is `gone`, dead or out of reach for longer than a claim lasts, or its connections were `broken`. */
export type Blight = 'gone' | 'broken';

/** A claim whose worker was struck, and when. */
type Stricken = { worker: string; fence: number; at: number; blight: Blight };

/**
 * Measures how long it takes until another worker begins on a run whose worker was struck. Time counts from the blow, not from the
 * moment when somebody could have noticed.
 */
export class Takeovers {
  /** Where the worker was gone, milliseconds. */
  readonly goneMs: number[] = [];
  /** Where its connections were broken, but back before its claims ran out; milliseconds. */
  readonly brokenMs: number[] = [];
  /** How often the one who took over was struck as well before it could begin. */
  twice = 0;
  readonly #claims = new Map<string, { worker: string; fence: number }>();
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
    const { runId, worker, fence, at } = event;
    const stricken = this.#stricken.get(runId);
    this.#stricken.delete(runId);
    this.#claims.set(runId, { worker, fence });
    if (!stricken || stricken.worker === worker) {
      return;
    }
    if (fence >= stricken.fence + 2 * FENCE_STEP) {
      this.twice += 1;
    } else {
      const durations = { gone: this.goneMs, broken: this.brokenMs };
      durations[stricken.blight].push(at - stricken.at);
    }
  }
}
