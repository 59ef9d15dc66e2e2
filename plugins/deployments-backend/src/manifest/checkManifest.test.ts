import { mockServices } from '@backstage/backend-test-utils';
import { ConfigReader } from '@backstage/config';
import {
  ManifestProblem,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';
import { DeploymentTarget } from '@slipway/plugin-deployments-node';
import { readConfiguration } from '../configuration';
import { HttpCheckProvider } from '../gates';
import { InMemoryTarget } from '../__testUtils__/InMemoryTarget';
import { checkManifest } from './checkManifest';

const TEAM = 'group:default/shop-team';

const VALID = `apiVersion: slipway.dev/v1
environments:
  - name: staging
    target:
      kind: memory
      connection: host-1
      parameters:
        port: 8080
  - name: production
    target:
      kind: memory
      connection: host-1
      parameters:
        port: 8081
    secrets:
      DB_PASSWORD: shop-db
`;

const CHECKS = new Map([
  ['http', new HttpCheckProvider({ urlReader: mockServices.urlReader.mock() })],
]);

function check(text: string, owners: string[] = [TEAM]) {
  const targets = new Map<string, DeploymentTarget>([
    ['memory', new InMemoryTarget()],
    ['vps', new InMemoryTarget('vps')],
  ]);
  const configuration = readConfiguration({
    targets,
    checks: CHECKS,
    config: new ConfigReader({
      deployments: {
        connections: [
          { name: 'host-1', kind: 'memory', allow: [TEAM] },
          { name: 'other-host', kind: 'memory', allow: ['group:default/x'] },
          { name: 'vps-1', kind: 'vps', allow: ['*'] },
        ],
        secrets: [
          { name: 'shop-db', value: 'correct horse', allow: [TEAM] },
          { name: 'other-db', value: 'battery', allow: ['group:default/x'] },
        ],
        minimumProtection: [
          { environments: ['production'], approvals: 1 },
          { connections: ['vps-1'], approvals: 2 },
        ],
      },
    }),
  });
  return checkManifest({
    text,
    url: 'https://forge.test/shop/blob/main/deploy.yaml',
    file: 'deploy.yaml',
    serviceRef: serviceRefSchema.parse('component:default/shop'),
    owners,
    repository: 'https://forge.test/shop.git',
    targets,
    checks: CHECKS,
    configuration,
  });
}

function problemsOf(text: string, owners?: string[]): ManifestProblem[] {
  const checked = check(text, owners);
  return checked.ok ? [] : checked.problems;
}

describe('checkManifest', () => {
  it('given a valid manifest, then its environments are resolved in their order', () => {
    const checked = check(VALID);

    expect(checked).toMatchObject({
      ok: true,
      repository: 'https://forge.test/shop.git',
      environments: [
        { name: 'staging', parameters: { port: 8080 } },
        {
          name: 'production',
          connection: { name: 'host-1', options: { root: '/srv' } },
        },
      ],
    });
    expect(JSON.stringify(checked)).not.toContain('correct horse');
  });

  it.each([
    [
      'an unknown kind',
      ['kind: memory', 'kind: vsp'],
      {
        line: 5,
        column: 13,
        message: 'Kind `vsp` is not installed.',
        mend: 'Did you mean `vps`?',
      },
    ],
    [
      'a port that is none',
      ['port: 8080', 'port: 99999'],
      {
        line: 8,
        column: 15,
        message: '`environments[0].target.parameters.port` cannot be `99999`.',
        mend: 'Write a number that is at most 65535.',
      },
    ],
    [
      'text for a number',
      ['port: 8080', 'port: http'],
      {
        line: 8,
        column: 15,
        message:
          '`environments[0].target.parameters.port` has to be a number, not `http`.',
        mend: 'Write a number.',
      },
    ],
    [
      'a misspelt member',
      ['connection: host-1', 'conection: host-1'],
      {
        line: 6,
        column: 7,
        message: '`conection` is not known here.',
        mend: 'Did you mean `connection`?',
      },
    ],
    [
      'a connection that is not there',
      ['connection: host-1', 'connection: host-2'],
      {
        line: 6,
        column: 19,
        message: 'There is no connection `host-2`.',
        mend: 'Did you mean `host-1`?',
      },
    ],
    [
      'a connection that is not for the owner',
      ['connection: host-1', 'connection: other-host'],
      {
        line: 6,
        column: 19,
        message:
          'Connection `other-host` is not for components of group:default/shop-team.',
        mend: 'Use another connection, or ask the portal’s administrators to allow group:default/shop-team on this one.',
      },
    ],
    [
      'a connection of another kind',
      ['connection: host-1', 'connection: vps-1'],
      {
        line: 6,
        column: 19,
        message: 'Connection `vps-1` is of kind `vps`, not `memory`.',
      },
    ],
    [
      'a secret that is not for the owner',
      ['DB_PASSWORD: shop-db', 'DB_PASSWORD: other-db'],
      {
        line: 16,
        column: 20,
        message:
          'Secret `other-db` is not for components of group:default/shop-team.',
      },
    ],
    [
      'a secret that is not there',
      ['DB_PASSWORD: shop-db', 'DB_PASSWORD: nowhere'],
      { line: 16, column: 20, message: 'There is no secret `nowhere`.' },
    ],
    [
      'two environments of one name',
      ['name: production', 'name: staging'],
      {
        line: 9,
        column: 11,
        message: 'There are two environments named `staging`.',
      },
    ],
    [
      'two environments at one place',
      ['port: 8081', 'port: 8080'],
      {
        line: 14,
        column: 15,
        message:
          '`production` and `staging` have the same port 8080 on `host-1`.',
        mend: 'Give `production` one of its own.',
      },
    ],
    [
      'a variable that cannot be one',
      ['DB_PASSWORD: shop-db', 'DB-PASSWORD: shop-db'],
      {
        line: 16,
        column: 7,
        mend: 'A variable is letters, digits and underscores.',
      },
    ],
    [
      'a directory that the connection does not allow',
      ['port: 8080', 'port: 8080\n        directory: /etc/shop'],
      {
        line: 9,
        column: 20,
        message: '/etc/shop is outside of /srv.',
        mend: 'Use a directory below /srv.',
      },
    ],
    [
      'another version of the format',
      ['slipway.dev/v1', 'slipway.dev/v2'],
      { line: 1, column: 13, mend: 'Did you mean `slipway.dev/v1`?' },
    ],
    [
      'a missing member',
      ['      connection: host-1\n', ''],
      {
        line: 4,
        column: 5,
        message: '`environments[0].target.connection` is missing.',
        mend: 'Add it; it is text.',
      },
    ],
    [
      'a command with an open quote',
      ['environments:', 'build:\n  test: npm run "x\nenvironments:'],
      { line: 3, column: 9, mend: 'A quote is not closed.' },
    ],
    [
      'a repository by a helper of git',
      ['environments:', 'repository: ext::sh -c id\nenvironments:'],
      { line: 2, column: 13 },
    ],
    [
      'a repository that is not the manifest’s own',
      [
        'environments:',
        'repository: https://forge.test/payroll.git\nenvironments:',
      ],
      {
        line: 2,
        column: 13,
        message:
          'The repository `https://forge.test/payroll.git` is not the one in which this manifest lies (https://forge.test/shop/blob/main/deploy.yaml).',
        mend: expect.stringContaining('`deployments.source.allow`'),
      },
    ],
    [
      'a key that is there twice',
      ['name: staging', 'name: staging\n    name: other'],
      { line: 4, column: 5 },
    ],
    [
      'text that is no YAML',
      ['environments:', 'environments: ]['],
      { line: 2 },
    ],
    [
      'a key that means something to JavaScript',
      ['name: staging', '__proto__: {admin: true}\n    name: staging'],
      { line: 3, column: 5, message: '`__proto__` cannot be a key.' },
    ],
    ['a tag', ['name: staging', 'name: !!js/function staging'], { line: 3 }],
  ])(
    'given %s, then the problem names file, place, and mend',
    (_, [from, to], expected) => {
      expect(VALID).toContain(from);
      const problems = problemsOf(VALID.replace(from, to));

      expect(problems).toContainEqual(
        expect.objectContaining({ file: 'deploy.yaml', ...expected }),
      );
      for (const { mend } of problems) {
        expect(mend).not.toBe('');
      }
    },
  );

  it('given two environments that have a port alike on connections apart, then both have it', () => {
    const text = VALID.replace(
      /kind: memory\n {6}connection: host-1\n {6}parameters:\n {8}port: 8081/,
      'kind: vps\n      connection: vps-1\n      parameters:\n        port: 8080',
    );

    expect(check(text)).toMatchObject({
      ok: true,
      environments: [
        { connection: { name: 'host-1' }, parameters: { port: 8080 } },
        { connection: { name: 'vps-1' }, parameters: { port: 8080 } },
      ],
    });
  });

  it('given several problems in several environments, then all of them are told at once', () => {
    const problems = problemsOf(
      VALID.replace('port: 8080', 'port: 1').replace('port: 8081', 'port: 2'),
    );

    expect(problems.map(({ line }) => line)).toEqual([8, 14]);
  });

  it('given a component that nobody owns, then a connection for some is not for it', () => {
    expect(problemsOf(VALID, [])).not.toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['a list', '- a\n- b\n'],
    ['a number', '42'],
    ['two documents', `${VALID}---\n${VALID}`],
    ['a bomb of aliases', createAliasBomb()],
    ['endless depth in flow', '['.repeat(1_000_000)],
    ['endless depth in maps', '{a: '.repeat(250_000)],
    ['endless depth on one line', '- '.repeat(400_000)],
    [
      'a hundred thousand keys',
      Array.from({ length: 100_000 }, (_, i) => `k${i}: 1`).join('\n'),
    ],
    [
      'endless depth in blocks',
      Array.from({ length: 1_000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n'),
    ],
    ['depth that ends', `a: ${'['.repeat(500)}${']'.repeat(500)}`],
    ['a map as a key', '? {a: b}\n: c\n'],
    ['control characters', 'a: \u0000\u0007'],
  ])('given %s, then it is refused, and quickly told why', (_, text) => {
    const problems = problemsOf(text);

    expect(problems.length).toBeGreaterThan(0);
    expect(problems[0].file).toBe('deploy.yaml');
  });

  it('given a protected connection, then no name of an environment goes around its protection', () => {
    const text = VALID.replace('name: production', 'name: prod').replace(
      /kind: memory\n {6}connection: host-1\n {6}parameters:\n {8}port: 8081/,
      'kind: vps\n      connection: vps-1\n      parameters:\n        port: 8081',
    );

    expect(check(text)).toMatchObject({
      ok: true,
      environments: [
        { name: 'staging', spec: { protection: { approvals: 0 } } },
        { name: 'prod', spec: { protection: { approvals: 2 } } },
      ],
    });
  });

  it('given approvers in short, then they are full references, and what is none is refused', () => {
    const withApprovers = (approvers: string) =>
      VALID.replace(
        '    secrets:',
        `    protection: {approvers: [${approvers}]}\n    secrets:`,
      );

    expect(check(withApprovers('ops, user:Ana'))).toMatchObject({
      ok: true,
      environments: [
        {},
        {
          spec: {
            protection: {
              approvers: ['group:default/ops', 'user:default/ana'],
            },
          },
        },
      ],
    });
    expect(problemsOf(withApprovers("'group:'"))).toMatchObject([
      { message: '`group:` is not an entity reference.' },
    ]);
  });

  it('given a manifest that wants less protection than app-config, then the minimum holds', () => {
    const weak = VALID.replace(
      '    secrets:',
      '    protection: {approvals: 0, selfApproval: true}\n    secrets:',
    );
    const checked = check(weak);

    expect(checked).toMatchObject({
      ok: true,
      environments: [
        { spec: { protection: { approvals: 0 } } },
        { spec: { protection: { approvals: 1, selfApproval: false } } },
      ],
    });
  });

  it('given shell metacharacters in every text of a manifest, then they are refused or stay as they were written', () => {
    const evil = '$(touch /tmp/x); `id` | cat > "/etc/passwd" & \\';
    const text = `apiVersion: slipway.dev/v1
build:
  install: ${JSON.stringify(['npm', evil])}
  exclude: [${JSON.stringify(evil)}]
migrations:
  directory: ${JSON.stringify(evil)}
  command: ${JSON.stringify([evil])}
  restoreHint: ${JSON.stringify(evil)}
environments:
  - name: staging
    target: {kind: memory, connection: host-1, parameters: {port: 8080}}
    smoke: [{name: ${JSON.stringify(evil)}, path: /, contains: ${JSON.stringify(evil)}}]
    variables: {GREETING: ${JSON.stringify(evil)}}
`;

    expect(check(text)).toMatchObject({
      ok: true,
      manifest: {
        build: { install: ['npm', evil], exclude: [evil] },
        migrations: { directory: evil, command: [evil], restoreHint: evil },
      },
      environments: [
        {
          spec: {
            smoke: [{ name: evil, contains: evil }],
            variables: { GREETING: evil },
          },
        },
      ],
    });
    for (const [from, to] of [
      ['name: staging', `name: ${JSON.stringify(evil)}`],
      ['path: /', `path: ${JSON.stringify(evil)}`],
      ['GREETING', JSON.stringify(evil)],
      ['connection: host-1', `connection: ${JSON.stringify(evil)}`],
      ['kind: memory', `kind: ${JSON.stringify(evil)}`],
      ['environments:', `repository: ${JSON.stringify(evil)}\nenvironments:`],
    ]) {
      expect(problemsOf(text.replace(from, () => to))).not.toEqual([]);
    }
  });
});

function createAliasBomb(): string {
  const lines = ['a0: &a0 [x, x, x, x, x, x, x, x, x]'];
  for (let i = 1; i < 12; i++) {
    const aliases = Array.from({ length: 9 }, () => `*a${i - 1}`);
    lines.push(`a${i}: &a${i} [${aliases.join(', ')}]`);
  }
  return lines.join('\n');
}
