import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { ROOT, SCRATCH } from './paths.mjs';
import { digestFiles, doOnce } from './stamp.mjs';

let folder;
let name;

beforeEach(async () => {
  await mkdir(SCRATCH, { recursive: true });
  folder = await mkdtemp(path.join(SCRATCH, 'stamp test '));
  name = path.relative(ROOT, folder);
  await writeFile(path.join(folder, 'a.txt'), 'one');
});

afterEach(() => rm(folder, { recursive: true, force: true }));

describe('digestFiles', () => {
  it('changes with a content, a name, a new file and a word, and with nothing else', async () => {
    const before = await digestFiles([name]);
    assert.equal(await digestFiles([name, 'not/there']), before);
    assert.notEqual(await digestFiles([name], ['word']), before);

    await writeFile(path.join(folder, 'a.txt'), 'two');
    const changed = await digestFiles([name]);
    assert.notEqual(changed, before);

    await writeFile(path.join(folder, 'b.txt'), '');
    assert.notEqual(await digestFiles([name]), changed);
  });

  it('leaves out what is installed and built', async () => {
    const before = await digestFiles([name]);
    await mkdir(path.join(folder, 'node_modules'));
    await writeFile(path.join(folder, 'node_modules', 'x.js'), '');
    assert.equal(await digestFiles([name]), before);
  });
});

describe('doOnce', () => {
  it('works once for a digest, and again for another', async () => {
    const stamp = path.join(folder, 'stamps', 'work');
    let times = 0;
    const work = async () => {
      times += 1;
    };
    assert.equal(await doOnce({ stamp, digest: '1', work }), true);
    assert.equal(await doOnce({ stamp, digest: '1', work }), false);
    assert.equal(await doOnce({ stamp, digest: '2', work }), true);
    assert.equal(times, 2);
  });

  it('works again after a work that failed', async () => {
    const stamp = path.join(folder, 'work');
    const fail = () => Promise.reject(new Error('interrupted'));
    await assert.rejects(doOnce({ stamp, digest: '1', work: fail }));
    assert.equal(
      await doOnce({ stamp, digest: '1', work: async () => {} }),
      true,
    );
  });
});
