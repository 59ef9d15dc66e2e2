import { STEPS } from './protocol';

/** What was measured of one contender. */
export type Measured = {
  stepsPerSecond: number;
  /** From the moment before something is asked for until a worker begins on it, milliseconds each. */
  startMs: number[];
};

/** How long all is quiet before something is asked for, milliseconds. */
export const REST_MS = 30;

export function toStepsPerSecond(runs: number, ms: number): number {
  return (runs * STEPS * 1_000) / ms;
}

export function toMs(nanoseconds: bigint): number {
  return Number(nanoseconds) / 1_000_000;
}
