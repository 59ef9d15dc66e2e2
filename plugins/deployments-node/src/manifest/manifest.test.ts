import { durationSchema } from './duration';
import { manifestSchema } from './manifest';

const MINIMAL = {
  apiVersion: 'slipway.dev/v1',
  environments: [
    { name: 'staging', target: { kind: 'vps', connection: 'web-1' } },
  ],
};

describe('manifestSchema', () => {
  it('given the least a manifest can say, then every default is filled in', () => {
    const [staging] = manifestSchema.parse(MINIMAL).environments;

    expect(staging).toMatchObject({
      health: { path: '/healthz', timeout: 30_000, stableFor: 500 },
      smoke: [],
      protection: { approvals: 0, approvers: [], selfApproval: false },
    });
  });

  it('given a member that is not known, then it is named', () => {
    const result = manifestSchema.safeParse({ ...MINIMAL, enviroments: [] });

    expect(result.error?.issues[0]).toMatchObject({
      code: 'unrecognized_keys',
      keys: ['enviroments'],
    });
  });

  it.each(['Staging', '../x', 'a b', '', '-a', 'a'.repeat(41), 'a;b', '$(id)'])(
    'given the environment name %j, then it is refused',
    name => {
      const environments = [{ ...MINIMAL.environments[0], name }];

      expect(
        manifestSchema.safeParse({ ...MINIMAL, environments }).success,
      ).toBe(false);
    },
  );
});

describe('durationSchema', () => {
  it.each([
    ['500ms', 500],
    ['30s', 30_000],
    ['15m', 900_000],
    ['1h', 3_600_000],
    ['7d', 604_800_000],
  ])('reads %s as %d milliseconds', (text, ms) => {
    expect(durationSchema.parse(text)).toBe(ms);
  });

  it.each(['', '5', 's', '-5s', '1.5h', '5 s', '1h30m', '9999999s'])(
    'refuses %j',
    text => {
      expect(durationSchema.safeParse(text).success).toBe(false);
    },
  );
});
