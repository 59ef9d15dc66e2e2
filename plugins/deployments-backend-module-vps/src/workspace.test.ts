import {
  mkdir,
  mkdtemp,
  readdir,
  rm,
  stat,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import os from 'node:os';
import path from 'node:path';
import { withWorkspace } from './workspace';

const HOUR_MS = 3_600_000;

describe('withWorkspace', () => {
  let directory: string;
  beforeEach(async () => {
    directory = await mkdtemp(path.join(os.tmpdir(), 'slipway-workspaces-'));
  });
  afterEach(async () => {
    jest.useRealTimers();
    await rm(directory, { recursive: true, force: true });
  });

  it('given work that ends, or fails, then nothing of its workspace is left', async () => {
    await withWorkspace(directory, workspace =>
      writeFile(path.join(workspace, 'a'), ''),
    );
    await expect(
      withWorkspace(directory, () => Promise.reject(new Error('no'))),
    ).rejects.toThrow('no');

    expect(await readdir(directory)).toEqual([]);
  });

  it('given what a killed portal left over, when the next work begins, then it goes away, and what another portal uses stays', async () => {
    for (const name of ['left-over', 'in-use']) {
      await mkdir(path.join(directory, name, 'files', 'a'), {
        recursive: true,
      });
    }
    const longAgo = new Date(Date.now() - HOUR_MS);
    await utimes(path.join(directory, 'left-over'), longAgo, longAgo);

    await withWorkspace(directory, async () => {
      const names = await readdir(directory);
      expect(names).toContain('in-use');
      expect(names).not.toContain('left-over');
    });
  });

  it('given work that takes hours, then it counts as in use all the time', async () => {
    jest.useFakeTimers({
      doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'setTimeout'],
    });
    await withWorkspace(directory, async workspace => {
      jest.setSystemTime(Date.now() + 5 * HOUR_MS);
      jest.advanceTimersByTime(60_000);
      while (
        (await stat(path.dirname(workspace))).mtimeMs <
        Date.now() - HOUR_MS
      ) {
        await setImmediate();
      }

      await withWorkspace(directory, async other => {
        expect((await readdir(directory)).sort()).toEqual(
          [workspace, other]
            .map(each => path.basename(path.dirname(each)))
            .sort(),
        );
      });
    });
  });
});
