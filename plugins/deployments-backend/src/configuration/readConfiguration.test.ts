import os from 'node:os';
import path from 'node:path';
import { ConfigReader } from '@backstage/config';
import { JsonObject } from '@backstage/types';
import { DeploymentTarget } from '@slipway/plugin-deployments-node';
import { InMemoryTarget } from '../__testUtils__/InMemoryTarget';
import { readConfiguration } from './readConfiguration';

function read(deployments?: JsonObject) {
  return readConfiguration({
    config: new ConfigReader(deployments ? { deployments } : {}),
    checks: new Map(),
    targets: new Map<string, DeploymentTarget>([
      ['memory', new InMemoryTarget()],
    ]),
  });
}

const CONNECTION = { name: 'host-1', kind: 'memory', allow: ['*'] };
const SECRET = { name: 'db', value: 'correct horse', allow: ['*'] };

describe('readConfiguration', () => {
  it('given nothing, then sensible values are in place', () => {
    expect(read()).toEqual({
      workDirectory: path.join(os.tmpdir(), 'slipway-deployments'),
      sourceProtocols: ['https', 'ssh'],
      sourceAllow: undefined,
      observationIntervalMs: 30_000,
      gateIntervalMs: 60_000,
      engineSchema: 'deployments_engine',
      connections: new Map(),
      secrets: new Map(),
      minimumProtection: [],
    });
  });

  it('given everything, then it is read, checked by the kind, and owners are full references', () => {
    const configuration = read({
      workDirectory: '/var/lib/slipway',
      source: { protocols: ['ssh'] },
      observation: { interval: { minutes: 2 } },
      connections: [
        { ...CONNECTION, allow: ['shop-team', 'group:ops/x'], root: '/data' },
      ],
      secrets: [SECRET],
      minimumProtection: [
        { environments: ['production'], connections: ['host-1'], approvals: 1 },
      ],
    });

    expect(configuration).toMatchObject({
      workDirectory: '/var/lib/slipway',
      sourceProtocols: ['ssh'],
      observationIntervalMs: 120_000,
      minimumProtection: [
        {
          environments: ['production'],
          connections: ['host-1'],
          approvals: 1,
          approvers: [],
          selfApproval: false,
        },
      ],
    });
    expect(configuration.connections.get('host-1')).toEqual({
      name: 'host-1',
      kind: 'memory',
      allow: ['group:default/shop-team', 'group:ops/x'],
      options: { root: '/data' },
    });
    expect(configuration.secrets.get('db')?.secret.reveal()).toBe(
      'correct horse',
    );
    expect(JSON.stringify([...configuration.secrets])).not.toContain('horse');
  });

  it.each<[string, JsonObject, RegExp]>([
    [
      'a kind that is not installed',
      { connections: [{ ...CONNECTION, kind: 'ecs' }] },
      /connections\[0\]\.kind: ecs is not installed; installed: memory/,
    ],
    [
      'options that the kind does not know',
      { connections: [{ ...CONNECTION, rout: '/x' }] },
      /connections\[0\].*"rout"/,
    ],
    [
      'two connections of one name',
      { connections: [CONNECTION, CONNECTION] },
      /connections\[1\]\.name: host-1 is there twice/,
    ],
    [
      'two secrets of one name',
      { secrets: [SECRET, SECRET] },
      /secrets\[1\]\.name: db is there twice/,
    ],
    [
      'a connection for nobody',
      { connections: [{ ...CONNECTION, allow: [] }] },
      /connections\[0\]\.allow/,
    ],
    [
      'an owner that is none',
      { connections: [{ ...CONNECTION, allow: ['group:'] }] },
      /connections\[0\]\.allow\[0\]: is not an entity reference/,
    ],
    [
      'a protocol that runs programs',
      { source: { protocols: ['ext'] } },
      /source\.protocols\[0\]/,
    ],
    [
      'a place of repositories that is none',
      { source: { allow: ['https://github.com/acme/*', 'acme/*'] } },
      /source\.allow\[1\]: is not a git URL/,
    ],
    ['repositories of nowhere', { source: { allow: [] } }, /source\.allow/],
    [
      'protection that is a word',
      {
        minimumProtection: [{ environments: ['production'], approvals: 'two' }],
      },
      /minimumProtection\[0\]\.approvals/,
    ],
    [
      'a secret that is too short to be one',
      { secrets: [{ ...SECRET, value: 'horse' }] },
      /secrets\[0\]\.value: has fewer than 6 characters/,
    ],
    [
      'protection of nothing',
      { minimumProtection: [{ approvals: 1 }] },
      /minimumProtection\[0\]: names neither environments nor connections/,
    ],
    [
      'protection of a connection that there is not',
      { minimumProtection: [{ connections: ['host-2'], approvals: 1 }] },
      /minimumProtection\[0\]\.connections: there is no connection host-2/,
    ],
    [
      'a misspelt protection',
      { minimumProtection: [{ environments: ['production'], aprovals: 2 }] },
      /"aprovals"/,
    ],
  ])(
    'given %s, then the start ends with where it is wrong',
    (_, deployments, message) => {
      expect(() => read(deployments)).toThrow(message);
    },
  );

  it('given a wrong secret, then its value is not in the message', () => {
    const wrong = { ...SECRET, name: 'not a name' };

    expect(() => read({ secrets: [wrong] })).toThrow(
      expect.objectContaining({
        message: expect.not.stringContaining('correct horse'),
      }),
    );
  });
});
