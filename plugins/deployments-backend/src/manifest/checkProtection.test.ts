import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import { serviceRefSchema } from '@slipway/plugin-deployments-common';
import { DeploymentTarget } from '@slipway/plugin-deployments-node';
import { InMemoryTarget } from '../__testUtils__/InMemoryTarget';
import { readConfiguration } from '../configuration';
import { HttpCheckProvider } from '../gates';
import { checkManifest } from './checkManifest';

const TARGETS = new Map<string, DeploymentTarget>([
  ['memory', new InMemoryTarget()],
]);

const CHECKS = new Map([
  ['http', new HttpCheckProvider({ urlReader: mockServices.urlReader.mock() })],
]);

const CONNECTION = { name: 'host-1', kind: 'memory', allow: ['*'] };

/** A manifest whose production is protected as told; the protection begins in line 10. */
function check(protection: string) {
  const [first, ...lines] = protection.split('\n');
  return checkManifest({
    text: `apiVersion: slipway.dev/v1
environments:
  - name: staging
    target: {kind: memory, connection: host-1, parameters: {port: 8080}}
  - name: production
    target: {kind: memory, connection: host-1, parameters: {port: 8081}}
    protection:
${[first, ...lines].map(line => `      ${line}`).join('\n')}
`,
    url: 'https://forge.test/shop/blob/main/deploy.yaml',
    file: 'deploy.yaml',
    serviceRef: serviceRefSchema.parse('component:default/shop'),
    owners: [],
    repository: 'https://forge.test/shop.git',
    targets: TARGETS,
    checks: CHECKS,
    configuration: readConfiguration({
      targets: TARGETS,
      checks: CHECKS,
      config: new ConfigReader({ deployments: { connections: [CONNECTION] } }),
    }),
  });
}

describe('the protection of a manifest (P6, A2.1)', () => {
  it('given all that it can say, then it is resolved', () => {
    expect(
      check(`approvals: 2
approvers: [payments-ops, {group: security, quorum: 1}]
approvalExpiry: 3d
soak: 24h
holdsRollback: false
freezes:
  - name: Weekend
    reason: Nobody is there.
    cron: 0 18 * * 5
    timeZone: Europe/Berlin
    duration: 2d14h
checks:
  - name: Ticket
    kind: http
    parameters: {url: 'https://tickets.test/{version}'}
checklist:
  - rollback-possible
  - {id: told, title: Operations are told}`),
    ).toMatchObject({
      ok: true,
      environments: [
        {},
        {
          spec: {
            protection: {
              approvals: 2,
              approvers: [
                'group:default/payments-ops',
                { group: 'group:default/security', quorum: 1 },
              ],
              approvalExpiry: 259_200_000,
              soak: 86_400_000,
              freezes: [{ name: 'Weekend' }],
              checks: [{ kind: 'http' }],
              checklist: ['rollback-possible', { id: 'told' }],
            },
          },
        },
      ],
    });
  });

  it.each<[string, string, object]>([
    [
      'a freeze that explodes',
      `freezes:
  - name: Always
    reason: x
    rrule: "DTSTART:20260101T000000Z\\nRRULE:FREQ=SECONDLY"
    duration: 1h`,
      {
        line: 9,
        message:
          'It is not known when the freeze `Always` is: it can begin once a day at most, not SECONDLY.',
      },
    ],
    [
      'a freeze by cron every second',
      `freezes:
  - {name: Always, reason: x, cron: '* * * * * *', timeZone: UTC, duration: 1h}`,
      { line: 9, message: expect.stringContaining('5 parts') },
    ],
    [
      'a freeze that lasts for ever',
      `freezes:
  - {name: Always, reason: x, cron: '0 0 * * *', timeZone: UTC, duration: 99999d}`,
      { line: 9, message: expect.stringContaining('99999d') },
    ],
    [
      'a soak of years',
      'soak: 9999d',
      { line: 8, mend: 'Is longer than 90d.' },
    ],
    ['a soak of no time', 'soak: 0s', { line: 8, mend: 'Is nothing.' }],
    [
      'a kind of check that is not installed',
      `checks:
  - {name: CI, kind: htp}`,
      {
        line: 9,
        message: 'The kind of check `htp` is not installed.',
        mend: 'Did you mean `http`?',
      },
    ],
    [
      'a check of a file',
      `checks:
  - {name: CI, kind: http, parameters: {url: 'file:///etc/passwd'}}`,
      { line: 9, mend: 'A URL begins with https:// or http://.' },
    ],
    [
      'two items of one name',
      'checklist: [rollback-possible, rollback-possible]',
      {
        line: 8,
        message: 'There are two items named `rollback-possible`.',
      },
    ],
    [
      'an item that is not known',
      'checklist: [rollback-posible]',
      { line: 8, message: expect.stringContaining('rollback-posible') },
    ],
    [
      'a group that is there twice',
      'approvers: [ops, {group: ops, quorum: 1}]',
      {
        line: 8,
        message: 'There are two approvers named `group:default/ops`.',
      },
    ],
    ['a quorum of nobody', 'approvers: [{group: ops, quorum: 0}]', { line: 8 }],
  ])(
    'given %s, then it is refused, with its line and its mend',
    (_, protection, problem) => {
      expect(check(protection)).toMatchObject({
        ok: false,
        problems: [expect.objectContaining(problem)],
      });
    },
  );

  it('given a soak in the first environment, then it is refused', () => {
    expect(
      checkManifest({
        text: `apiVersion: slipway.dev/v1
environments:
  - name: production
    target: {kind: memory, connection: host-1, parameters: {port: 8081}}
    protection: {soak: 1h}
`,
        url: 'https://forge.test/shop/blob/main/deploy.yaml',
        file: 'deploy.yaml',
        serviceRef: serviceRefSchema.parse('component:default/shop'),
        owners: [],
        repository: 'https://forge.test/shop.git',
        targets: TARGETS,
        checks: CHECKS,
        configuration: readConfiguration({
          targets: TARGETS,
          checks: CHECKS,
          config: new ConfigReader({
            deployments: { connections: [CONNECTION] },
          }),
        }),
      }),
    ).toMatchObject({
      ok: false,
      problems: [
        { line: 5, message: expect.stringContaining('no environment before') },
      ],
    });
  });

  it('given the same faults in app-config, then the portal does not start with them', () => {
    const read = (minimum: object) =>
      readConfiguration({
        targets: TARGETS,
        checks: CHECKS,
        config: new ConfigReader({
          deployments: {
            minimumProtection: [{ environments: ['production'], ...minimum }],
          },
        }),
      });

    expect(() => read({ checks: [{ name: 'CI', kind: 'github' }] })).toThrow(
      /minimumProtection\[0\]\.checks\[0\]\.kind: .*not installed/,
    );
    expect(() =>
      read({
        freezes: [
          {
            name: 'x',
            reason: 'y',
            cron: '* * * * * *',
            timeZone: 'UTC',
            duration: '1h',
          },
        ],
      }),
    ).toThrow(/minimumProtection\[0\]\.freezes\[0\]/);
  });
});
