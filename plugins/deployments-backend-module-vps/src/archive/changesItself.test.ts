import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { changesItself } from './changesItself';

const LOCAL = { dependencies: { greeting: 'file:vendor/greeting' } };
const LOCKED = {
  lockfileVersion: 3,
  packages: {
    '': LOCAL,
    'node_modules/greeting': { resolved: 'vendor/greeting', link: true },
    'vendor/greeting': {},
    'node_modules/left-pad': { version: '1.0.0' },
  },
};

describe('changesItself', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'slipway-release-'));
  });
  afterEach(() => rm(directory, { recursive: true, force: true }));

  it.each<[boolean, string, Record<string, unknown>]>([
    [false, 'without a package.json', {}],
    [
      false,
      'with dependencies of a registry',
      { 'package.json': { dependencies: { express: '4' } } },
    ],
    [
      false,
      'with a package of its own that neither runs nor needs anything',
      {
        'package.json': LOCAL,
        'package-lock.json': LOCKED,
        'vendor/greeting/package.json': { scripts: { test: 'jest' } },
      },
    ],
    [
      true,
      'with a script of its own',
      { 'package.json': { scripts: { postinstall: 'x' } } },
    ],
    [true, 'with workspaces', { 'package.json': { workspaces: ['a'] } }],
    [
      true,
      'with a package of its own that runs a script',
      {
        'package.json': LOCAL,
        'package-lock.json': LOCKED,
        'vendor/greeting/package.json': { scripts: { prepare: 'tsc' } },
      },
    ],
    [
      true,
      'with a package of its own that needs another',
      {
        'package.json': LOCAL,
        'vendor/greeting/package.json': { dependencies: { express: '4' } },
      },
    ],
    [
      true,
      'with a package below another of its own that runs a script',
      {
        'package.json': { dependencies: { greeting: '1' } },
        'npm-shrinkwrap.json': LOCKED,
        'vendor/greeting/package.json': { scripts: { install: 'make' } },
      },
    ],
    [
      true,
      'with a package of its own that is not there',
      { 'package.json': LOCAL },
    ],
    [
      false,
      'with a lockfile that is none',
      { 'package.json': {}, 'package-lock.json': [] },
    ],
  ])('is %s of a release %s', async (expected, _, files) => {
    for (const [name, content] of Object.entries(files)) {
      const file = path.join(directory, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, JSON.stringify(content));
    }

    expect(await changesItself(directory)).toBe(expected);
  });
});
