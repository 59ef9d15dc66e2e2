import {
  environmentNameSchema,
  serviceRefSchema,
} from '@slipway/plugin-deployments-common';
import { manifestSchema } from '@slipway/plugin-deployments-node';
import { connectionSchema } from './connection';
import { parametersSchema } from './parameters';
import { VpsEnvironment } from './types';
import { VpsTarget } from './VpsTarget';

function createEnvironment(
  name: string,
  parameters: Record<string, unknown> = {},
): VpsEnvironment {
  const target = { kind: 'vps', connection: 'web-1' };
  const manifest = manifestSchema.parse({
    apiVersion: 'slipway.dev/v1',
    environments: [{ name, target }],
  });
  return {
    serviceRef: serviceRefSchema.parse('component:default/shop'),
    name: environmentNameSchema.parse(name),
    manifest,
    spec: manifest.environments[0],
    parameters: parametersSchema.parse({
      directory: `/srv/shop-${name}`,
      port: 8080,
      script: 'server.js',
      ...parameters,
    }),
    connection: {
      name: 'web-1',
      options: connectionSchema.parse({ local: { directories: ['/srv'] } }),
    },
    secrets: new Map(),
  };
}

describe('VpsTarget', () => {
  const target = new VpsTarget({ workDirectory: '/nowhere' });

  function findShared(
    one: Record<string, unknown>,
    other: Record<string, unknown>,
  ) {
    const taken = target
      .listPlaces(createEnvironment('staging', one))
      .map(({ place }) => place);
    return target
      .listPlaces(createEnvironment('production', other))
      .filter(({ place }) => taken.includes(place));
  }

  it('given environments with directories, ports and processes of their own, then they share no place', () => {
    expect(findShared({ port: 4001 }, { port: 4002 })).toEqual([]);
  });

  it.each<[string, Record<string, unknown>, string[]]>([
    ['port', { port: 4001 }, ['port']],
    ['spare port', { port: 4002, sparePort: 4001 }, ['sparePort']],
    [
      'directory',
      { port: 4002, directory: '/srv/shop-staging' },
      ['directory'],
    ],
    ['process', { port: 4002, processName: 'shop-staging' }, ['processName']],
  ])('given the %s of another, then they share it', (_, parameters, path) => {
    expect(findShared({ port: 4001 }, parameters)).toEqual([
      expect.objectContaining({ path }),
    ]);
  });

  it('given a directory that the connection does not allow, then it says which ones it does', () => {
    expect(
      target.check(createEnvironment('staging', { directory: '/srv-2/shop' })),
    ).toMatchObject([
      { path: ['directory'], mend: 'Use a directory below /srv.' },
    ]);
  });
});
