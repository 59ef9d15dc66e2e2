import { closeSync, openSync, writeSync } from 'node:fs';
import { ClaimMark, WorldEvent } from './records';

/** Where something happens, and by whom. */
export type Actor = Pick<WorldEvent, 'worker' | 'runId' | 'environment'>;

/**
 * What is true outside of the portal and its database. It outlives all replicas, knows each effect by its key, and writes down
 * everything that happens, in order, to a file that is only ever added to. Like any target that is worth deploying
 * to, it lets an effect of one key take hold once.
 */
export class World {
  readonly events: WorldEvent[] = [];
  readonly #file: number;
  readonly #done = new Set<string>();
  readonly #listeners = new Set<(event: WorldEvent) => void>();
  readonly #began = performance.now();

  constructor(options: { file: string }) {
    this.#file = openSync(options.file, 'ax');
  }

  /** Milliseconds since the world began. */
  now(): number {
    return Math.round(performance.now() - this.#began);
  }

  onEvent(listener: (event: WorldEvent) => void): void {
    this.#listeners.add(listener);
  }

  claimed(actor: Actor, mark: ClaimMark): void {
    this.#record({ ...this.#stamp(actor), what: 'claimed', ...mark });
  }

  released(actor: Actor): void {
    this.#record({ ...this.#stamp(actor), what: 'released' });
  }

  /** Answers whether an effect took hold. */
  ask(actor: Actor, effect: string): boolean {
    return this.#happen('asked', actor, effect);
  }

  begin(actor: Actor, effect: string): void {
    this.#happen('begun', actor, effect);
  }

  finish(actor: Actor, effect: string): void {
    this.#happen('done', actor, effect);
    this.#done.add(keyOf(actor, effect));
  }

  undo(actor: Actor, effect: string): void {
    this.#record({ ...this.#stamp(actor), what: 'undone', effect });
  }

  close(): void {
    closeSync(this.#file);
  }

  #happen(what: 'asked' | 'begun' | 'done', actor: Actor, effect: string) {
    const wasDone = this.#done.has(keyOf(actor, effect));
    this.#record({ ...this.#stamp(actor), what, effect, wasDone });
    return wasDone;
  }

  #stamp({ worker, runId, environment }: Actor) {
    return { at: this.now(), worker, runId, environment };
  }

  #record(event: WorldEvent): void {
    writeSync(this.#file, `${JSON.stringify(event)}\n`);
    this.events.push(event);
    for (const listener of this.#listeners) {
      listener(event);
    }
  }
}

function keyOf({ runId }: Actor, effect: string): string {
  return `${runId}:${effect}`;
}
