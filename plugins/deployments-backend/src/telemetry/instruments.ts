import { MetricsService } from '@backstage/backend-plugin-api/alpha';

/** Seconds: from a step of a moment to a run of hours. */
const DURATIONS = [
  0.1, 0.5, 1, 5, 10, 30, 60, 120, 300, 600, 1_200, 3_600, 7_200,
];

/** Seconds: people answer within a minute, or days. */
const WAITS = [
  1,
  10,
  60,
  300,
  900,
  3_600,
  4 * 3_600,
  12 * 3_600,
  24 * 3_600,
  72 * 3_600,
];

export type Instruments = ReturnType<typeof createInstruments>;

/** All that is counted and measured as it happens. Attributes take few values: operations, outcomes, the steps of the kinds that are installed. */
export function createInstruments(metrics: MetricsService) {
  return {
    started: metrics.createCounter('deployments.runs.started', {
      description: 'Runs that were asked for',
      unit: '{run}',
    }),
    ended: metrics.createCounter('deployments.runs.ended', {
      description: 'Runs that came to their end',
      unit: '{run}',
    }),
    takenOver: metrics.createCounter('deployments.runs.taken_over', {
      description: 'Runs that went on after another worker had begun them',
      unit: '{run}',
    }),
    active: metrics.createUpDownCounter('deployments.runs.active', {
      description: 'Runs that this process works on',
      unit: '{run}',
    }),
    duration: metrics.createHistogram('deployments.run.duration', {
      description: 'From the begin of the first step to the end of the run',
      unit: 's',
      advice: { explicitBucketBoundaries: DURATIONS },
    }),
    stepDuration: metrics.createHistogram('deployments.step.duration', {
      description: 'One call of a step',
      unit: 's',
      advice: { explicitBucketBoundaries: DURATIONS },
    }),
    queueWait: metrics.createHistogram('deployments.queue.wait', {
      description: 'How long a run waited for its environment',
      unit: 's',
      advice: { explicitBucketBoundaries: WAITS },
    }),
    approvalWait: metrics.createHistogram('deployments.approval.wait', {
      description: 'How long a run waited for people',
      unit: 's',
      advice: { explicitBucketBoundaries: WAITS },
    }),
    logBytes: metrics.createCounter('deployments.log.size', {
      description: 'What steps wrote to the logs of runs',
      unit: 'By',
    }),
  };
}
