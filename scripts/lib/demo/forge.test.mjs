import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { parse } from 'yaml';
import { createEnvironment } from '../environment.mjs';
import { findFree } from '../ports.mjs';
import { startForge } from './forge.mjs';
import { makeRepository } from './repository.mjs';

const execute = promisify(execFile);
const variables = {
  FORGE_URL: 'http://forge.test',
  SERVERS: "/srv/ana's servers: a #1",
  SHOP_STAGING_PORT: 4101,
  SHOP_PRODUCTION_PORT: 4102,
};

let folder;
let forge;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'slipway forge '));
  await makeRepository({ name: 'shop', folder, variables });
  forge = await startForge({ folder, port: await findFree(42_000) });
});

after(async () => {
  await forge.stop();
  await rm(folder, { recursive: true, force: true });
});

describe('the demo’s forge', () => {
  it('lets git clone the commits of several authors and their releases', async () => {
    const clone = path.join(folder, 'clone');
    await execute('git', ['clone', '--quiet', `${forge.url}/shop`, clone], {
      env: createEnvironment({}),
    });
    const git = async (...args) =>
      (await execute('git', args, { cwd: clone })).stdout.trim().split('\n');

    assert.deepEqual(await git('tag'), [
      'v1.0.0',
      'v1.1.0',
      'v1.2.0',
      'v1.3.0',
      'v1.4.0',
    ]);
    assert.equal((await git('log', '--format=%H', 'v1.2.0..v1.3.0')).length, 4);
    assert.ok(new Set(await git('log', '--format=%an')).size > 1);
    const page = await readFile(path.join(clone, 'render.js'), 'utf8');
    assert.match(page, /\$\{products\.map/, 'code keeps its own ${…}');
  });

  it('serves files of main with this machine’s ports and folders', async () => {
    const response = await fetch(`${forge.url}/shop/deploy.yaml`);
    const text = await response.text();
    assert.equal(response.status, 200);
    const { parameters } = parse(text).environments[0].target;
    assert.equal(parameters.directory, `${variables.SERVERS}/shop-staging`);
    assert.equal(parameters.port, 4101);
  });

  for (const place of [
    '/shop/nothing.txt',
    '/nobody/deploy.yaml',
    '/shop/config',
    '/shop/..%2f..%2fetc/passwd',
    '/..%2fshop/deploy.yaml',
    '/',
  ]) {
    it(`has nothing at ${place}`, async () => {
      assert.equal((await fetch(`${forge.url}${place}`)).status, 404);
    });
  }
});
