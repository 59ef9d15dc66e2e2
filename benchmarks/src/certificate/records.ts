import { Scenario } from './scenarios';

/** The claim of a run by one replica: `r12/5` is the fifth claim of the twelfth replica. */
export type Worker = string;

/** What tells a claim from others of its run. */
export type ClaimMark = { fence: number; job: string; retries: number };

/**
 * What was seen from outside of the database, in the order in which it happened:
 *
 * - `claimed`: a worker was given a run, with a `fence` that is higher than all before it and for a job that had been given to
 *   others so many times before (`retries`), and `released`: it gave it back;
 * - `asked`: a worker asked the target whether an effect took hold;
 * - `begun`: a worker began an effect, `done`: it brought it to its end, `undone`: it took it back. Where the effect of that key had taken
 *   hold before (`wasDone`), nothing happened.
 */
export type WorldEvent = {
  /** Milliseconds since the program began. */
  at: number;
  worker: Worker;
  runId: string;
  environment: string;
} & (
  | ({ what: 'claimed' } & ClaimMark)
  | { what: 'released' }
  | { what: 'asked' | 'begun' | 'done'; effect: string; wasDone: boolean }
  | { what: 'undone'; effect: string }
);

/** A run that was asked for, and when that put it into the queue of its environment. */
export type RequestRecord = {
  number: number;
  environment: string;
  scenario: Scenario;
  /** The run, once somebody has told. */
  runId: string | null;
  /** Since when it may be in the queue, and since when it is for certain; milliseconds since the program began. */
  queued: { notBefore: number; notAfter: number } | null;
};

/** A row of the table of runs. */
export type RunRow = {
  id: string;
  number: number;
  environment: string;
  phase: string;
  ticket: number | null;
  startedAt: string | null;
  finishedAt: string | null;
  claimedBy: string | null;
  /** JSON; how it ended, in its own words. */
  outcome: string | null;
};

/** A row of the table of steps. */
export type StepRow = {
  runId: string;
  position: number;
  effect: string;
  status: string;
};

/** All that the certificate is judged by. */
export type Records = {
  events: readonly WorldEvent[];
  requests: readonly RequestRecord[];
  runs: readonly RunRow[];
  steps: readonly StepRow[];
  environments: readonly { environment: string; heldBy: string | null }[];
};
