import { randomUUID } from 'node:crypto';
import { mockServices } from '@backstage/backend-test-utils';
import { runIdSchema } from '@slipway/plugin-deployments-common';
import knexFactory from 'knex';
import { FencedClaim } from '../FencedClaim';
import { LEASE_MS, REFRESH_MS } from './constants';
import { Leases } from './Leases';
import { RunJob } from './RunQueue';

describe('Leases', () => {
  const knex = knexFactory({ client: 'pg' });
  const runId = runIdSchema.parse(randomUUID());
  const id = randomUUID();
  const touched: RunJob[][] = [];
  let leases: Leases;

  beforeEach(() => {
    jest.useFakeTimers();
    touched.length = 0;
    leases = new Leases({
      queue: {
        touch: async jobs => {
          touched.push([...jobs]);
          return new Set(jobs.map(job => job.id));
        },
      },
      logger: mockServices.logger.mock(),
    });
    leases.start();
  });

  afterEach(() => {
    leases.stop();
    jest.useRealTimers();
  });

  function add(retryCount: number, since = performance.now()) {
    const job = { id, retryCount, runId, failures: 0 };
    const claim = new FencedClaim({
      knex,
      runId,
      fence: retryCount,
      claimedBy: id,
    });
    leases.add({ job, claim, since });
    return { job, claim };
  }

  it('given a claim that comes to rest after its job was claimed anew, then the new claim is kept', async () => {
    const { claim: old } = add(0);
    const { job, claim } = add(1);
    expect(old.signal.aborted).toBe(true);

    leases.remove(old);
    await jest.advanceTimersByTimeAsync(2 * LEASE_MS);

    expect(claim.signal.aborted).toBe(false);
    expect(touched.at(-1)).toEqual([job]);
  });

  it('given a claim that was answered too late, then it is aborted before anything is done with it', () => {
    const { claim } = add(0, performance.now() - LEASE_MS);

    expect(claim.signal.aborted).toBe(true);
  });

  it('given a process that was stopped for longer than its claims last, then it gives no sign of life for them when it wakes up', async () => {
    const { claim } = add(0);

    await jest.advanceTimersByTimeAsync(REFRESH_MS - 1);
    const clock = jest
      .spyOn(performance, 'now')
      .mockReturnValue(performance.now() + LEASE_MS);
    await jest.advanceTimersByTimeAsync(1);
    clock.mockRestore();

    expect(claim.signal.aborted).toBe(true);
    expect(touched).toEqual([]);
  });

  it('given claims that are kept, then each sign of life is for them alone', async () => {
    const { claim } = add(0);
    leases.remove(claim);
    const { job } = add(1);
    await jest.advanceTimersByTimeAsync(REFRESH_MS);

    expect(touched).toEqual([[job]]);
  });
});
