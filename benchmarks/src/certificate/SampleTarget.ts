import { setTimeout as delay } from 'node:timers/promises';
import {
  ObservedState,
  Operation,
  StepStage,
} from '@slipway/plugin-deployments-common';
import { Step, StepFailedError } from '@slipway/plugin-deployments-node';
import { IdleTarget } from '../lib/IdleTarget';
import { FAILING, SampleStep, Scenario, STEPS } from './scenarios';

/** How long each half of an effect takes, milliseconds. */
const HALF_MS = 15;

/** What a worker is to the world: each call comes back when the world has answered. */
export interface WorldAccess {
  pass(place: string): Promise<void>;
  ask(effect: string): Promise<boolean>;
  begin(effect: string): Promise<void>;
  finish(effect: string): Promise<void>;
  undo(effect: string): Promise<void>;
}

/** A kind of target of which each step is one effect on the world. */
export class SampleTarget extends IdleTarget {
  readonly #world: WorldAccess;
  readonly #scenario: Scenario;

  constructor(options: { world: WorldAccess; scenario: Scenario }) {
    super();
    this.#world = options.world;
    this.#scenario = options.scenario;
  }

  async observe(): Promise<ObservedState> {
    await this.#world.pass('observe');
    return super.observe();
  }

  steps(request: { operation: Operation | 'recover' }): Step[] {
    const stage = request.operation === 'recover' ? 'recover' : 'main';
    return STEPS[stage].map(step => this.#toStep(stage, step));
  }

  #toStep(stage: StepStage, step: SampleStep): Step {
    const { id, title, switches, isUndone } = step;
    const world = this.#world;
    const effect = `${stage}:${id}`;
    const isFailing = stage === 'main' && FAILING[this.#scenario] === id;
    return {
      id,
      title,
      switches,
      timeoutMs: 60_000,
      run: async ({ signal }) => {
        await world.pass(`${effect}:begin`);
        await world.begin(effect);
        await delay(HALF_MS, undefined, { signal });
        await world.pass(`${effect}:half`);
        await delay(HALF_MS, undefined, { signal });
        if (isFailing) {
          await world.pass(`${effect}:done`);
          throw new StepFailedError('The release is bad');
        }
        await world.finish(effect);
        await world.pass(`${effect}:done`);
        return {};
      },
      reconcile: async () => {
        const isDone = await world.ask(effect);
        await world.pass(`${effect}:asked`);
        return isDone ? { outcome: 'done', result: {} } : { outcome: 'redo' };
      },
      ...(isUndone && {
        undo: async () => {
          await world.pass(`undo:${id}:begin`);
          await world.undo(effect);
          await world.pass(`undo:${id}:done`);
        },
      }),
    };
  }
}
