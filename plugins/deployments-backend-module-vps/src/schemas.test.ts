import { connectionSchema } from './connection';
import { parametersSchema } from './parameters';

const PARAMETERS = { directory: '/srv/shop', port: 4000, script: 'server.js' };
const SSH = {
  host: 'web-1.example.com',
  user: 'deploy',
  identityFile: '/etc/slipway/key',
  knownHostsFile: '/etc/slipway/known_hosts',
  directories: ['/srv'],
};

/** Shell metacharacters, and ways out of a directory. */
const HOSTILE = [
  '$(touch x)',
  '`touch x`',
  'a;b',
  'a|b',
  'a&b',
  "a'b",
  'a"b',
  'a\nb',
  '-oProxyCommand=x',
  '../x',
];

describe('parameters of a vps', () => {
  it('given the least, then every default is filled in', () => {
    expect(parametersSchema.parse(PARAMETERS)).toMatchObject({
      instances: 1,
      keepReleases: 5,
      stopTimeout: 10_000,
      waitReady: false,
    });
  });

  it.each<[string, string | number]>([
    ['directory', 'srv/shop'],
    ['directory', '/srv/../etc'],
    ['directory', '/srv//shop'],
    ['directory', '/srv/shop/'],
    ['directory', '/srv/a\nb'],
    ['directory', '/'],
    ['port', 80],
    ['port', 65_536],
    ['instances', 0],
    ['keepReleases', 1],
    ['sparePort', 4000],
    ['url', 'data:text/html,x'],
    ['script', '/etc/x.js'],
    ['script', 'a/../../x.js'],
    ['script', 'npm run start'],
    ...HOSTILE.map((text): [string, string] => ['script', `${text}.js`]),
    ...HOSTILE.map((text): [string, string] => ['processName', text]),
  ])('refuses %s %j', (name, value) => {
    const result = parametersSchema.safeParse({ ...PARAMETERS, [name]: value });

    expect(result.error?.issues[0].path).toEqual([name]);
  });

  it.each(['/srv/my shop', "/srv/$(id);'x'", '/srv/ünï/日本'])(
    'takes the directory %j as it is',
    directory => {
      expect(
        parametersSchema.parse({ ...PARAMETERS, directory }).directory,
      ).toBe(directory);
    },
  );
});

describe('connection of a vps', () => {
  it('given one way to the host, then it is taken', () => {
    expect(connectionSchema.parse({ ssh: SSH })).toMatchObject({
      transport: 'ssh',
      port: 22,
    });
    expect(
      connectionSchema.parse({ local: { directories: ['/srv'] } }),
    ).toMatchObject({ transport: 'local', path: [] });
  });

  it.each([[{}], [{ ssh: SSH, local: { directories: ['/srv'] } }]])(
    'given %j, then it says that there is one way or the other',
    connection => {
      expect(
        connectionSchema.safeParse(connection).error?.issues[0].message,
      ).toBe('a connection of kind vps has either ssh or local');
    },
  );

  it.each<[string, string | string[]]>([
    ...HOSTILE.flatMap((text): Array<[string, string]> => [
      ['host', text],
      ['user', text],
    ]),
    ['identityFile', 'key'],
    ['identityFile', '/a"b'],
    ['identityFile', '/a${b}'],
    ['knownHostsFile', '/a%h'],
    ['directories', []],
    ['directories', ['relative']],
  ])('refuses %s %j', (name, value) => {
    expect(
      connectionSchema.safeParse({ ssh: { ...SSH, [name]: value } }).success,
    ).toBe(false);
  });
});
