import assert from 'node:assert/strict';
import { createServer } from 'node:net';
import { describe, it } from 'node:test';
import { findFree, isFree } from './ports.mjs';

/** Listens on a free port for as long as `use` takes. */
async function occupy(host, use) {
  const server = createServer();
  await new Promise(resolve =>
    server.listen(0, host, () => resolve(undefined)),
  );
  const address = server.address();
  assert.ok(address && typeof address === 'object');
  try {
    await use(address.port);
  } finally {
    await new Promise(resolve => server.close(resolve));
  }
  return address.port;
}

describe('ports', () => {
  for (const host of ['127.0.0.1', '0.0.0.0', '::']) {
    it(`sees that a port is taken on ${host}, and that it is free again`, async () => {
      const port = await occupy(host, async taken => {
        assert.equal(await isFree(taken), false);
      });
      assert.equal(await isFree(port), true);
    });
  }

  it('finds the next one where the preferred one is taken', async () => {
    await occupy('127.0.0.1', async taken => {
      const found = await findFree(taken);
      assert.ok(found > taken);
      assert.equal(await isFree(found), true);
    });
  });

  it('does not give the same port twice', async () => {
    const first = await findFree(41_000);
    assert.notEqual(await findFree(first, [first]), first);
  });
});
