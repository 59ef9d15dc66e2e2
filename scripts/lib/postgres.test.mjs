import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import pg from 'pg';
import { findPostgres, startPostgres } from './postgres.mjs';

const programs = findPostgres();

describe('startPostgres', { skip: !programs && 'no PostgreSQL here' }, () => {
  it('gives a server that asks for its password, and takes it away again', async () => {
    assert.ok(programs);
    const server = await startPostgres(programs);
    const client = new pg.Client(server.connectionString);
    await client.connect();
    const { rows } = await client.query('SELECT 1 + 1 AS two');
    await client.end();
    const url = new URL(server.connectionString);
    url.password = 'wrong';
    await assert.rejects(new pg.Client(url.href).connect(), /password/);

    await server.stop();

    assert.deepEqual(rows, [{ two: 2 }]);
    await assert.rejects(
      new pg.Client(server.connectionString).connect(),
      /ECONNREFUSED/,
    );
  });
});
