import { Takeovers } from './Takeovers';

const RUN = { runId: 'run', environment: 'component:default/shop' };

/** A worker that was given the run for a job that others had had so many times. */
function claim(worker: string, at: number, retries: number, job = 'job') {
  const fence = 1_000 * (retries + 1);
  return { ...RUN, what: 'claimed' as const, worker, at, fence, job, retries };
}

describe('Takeovers', () => {
  let takeovers: Takeovers;

  beforeEach(() => {
    takeovers = new Takeovers();
    takeovers.note(claim('r1/1', 0, 0));
    takeovers.strike({ replica: 'r1', at: 100, blight: 'gone' });
  });

  it('given a worker that was struck, then it counts from the blow until another one has the run', () => {
    takeovers.note(claim('r2/1', 10_100, 1));

    expect(takeovers.gone).toEqual([
      { from: 'r1/1', to: 'r2/1', at: 100, ms: 10_000 },
    ]);
    expect(takeovers.twice).toBe(0);
  });

  it('given another worker that had taken the job and was struck before it claimed the run, then the time does not count', () => {
    takeovers.note(claim('r3/1', 20_100, 2));

    expect(takeovers.gone).toEqual([]);
    expect(takeovers.twice).toBe(1);
  });

  it('given a run that was left alone for a while, so that it has another job, then that is told apart', () => {
    takeovers.note({
      ...claim('r3/1', 70_100, 0, 'another job'),
      fence: 2_900,
    });

    expect(takeovers.gone).toEqual([]);
    expect(takeovers.putOff).toBe(1);
  });

  it('given another worker that took over and gave the run back at once, then the time does not count', () => {
    takeovers.note({
      ...claim('r3/1', 20_100, 0, 'another job'),
      fence: 3_000,
    });

    expect(takeovers.gone).toEqual([]);
    expect(takeovers.twice).toBe(1);
  });

  it('given another job that was taken from somebody as well, then the time does not count', () => {
    takeovers.note(claim('r3/1', 20_100, 1, 'another job'));

    expect(takeovers.twice).toBe(1);
  });

  it('given a run that was given back, then nobody takes it over', () => {
    takeovers.note({ ...RUN, what: 'released', worker: 'r1/1', at: 200 });
    takeovers.note(claim('r2/1', 300, 0, 'another job'));

    expect(takeovers.gone).toEqual([]);
  });
});
