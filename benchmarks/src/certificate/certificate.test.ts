import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findPostgres } from '../lib/PostgresServer';
import { Certification } from './Certification';
import { CHECKS } from './check';

jest.setTimeout(180_000);

// With `CI` set a machine that lacks it is a failure.
const describeWithPostgres =
  findPostgres() || process.env.CI ? describe : describe.skip;

describeWithPostgres('the certificate, in short, on PostgreSQL', () => {
  it('given replicas that are killed, stalled and cut off, then no run is lost, doubled or out of order', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'slipway-certificate-'));

    const { findings, faults, records } = await Certification.run({
      seed: 1,
      faults: 12,
      coversAll: false,
      directory,
      tell: () => {},
    });

    expect(findings).toEqual(
      Object.fromEntries(CHECKS.map(check => [check, []])),
    );
    expect(faults).toBeGreaterThanOrEqual(12);
    expect(records.runs.length).toBeGreaterThan(12);
    await rm(directory, { recursive: true });
  });
});
