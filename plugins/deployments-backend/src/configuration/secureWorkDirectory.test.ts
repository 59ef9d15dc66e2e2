import { chmodSync, statSync } from 'node:fs';
import { createMockDirectory } from '@backstage/backend-test-utils';
import { secureWorkDirectory } from './secureWorkDirectory';

describe('secureWorkDirectory', () => {
  const directory = createMockDirectory();

  beforeEach(() => directory.clear());

  it('given no directory, then it is made, for the portal’s user alone, and is good the next time', async () => {
    const work = directory.resolve('deep/work');

    await secureWorkDirectory(work);
    await secureWorkDirectory(work);

    expect(statSync(work).mode & 0o777).toBe(0o700);
  });

  it.each([0o777, 0o775, 0o1777])(
    'given a directory that others may write to (%o), then the start ends with what to do',
    async mode => {
      const work = directory.resolve('work');
      await secureWorkDirectory(work);
      chmodSync(work, mode);

      await expect(secureWorkDirectory(work)).rejects.toThrow(/chmod go-w/);
    },
  );

  it('given a directory of somebody else, then the start ends with what to do', async () => {
    const work = directory.resolve('work');
    await secureWorkDirectory(work);
    const { uid } = statSync(work);
    const getuid = jest.spyOn(process, 'getuid').mockReturnValue(uid + 1);

    await expect(secureWorkDirectory(work)).rejects.toThrow(
      /belongs to another user; set deployments\.workDirectory/,
    );
    getuid.mockRestore();
  });
});
