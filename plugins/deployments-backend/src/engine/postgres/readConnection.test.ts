import knexFactory from 'knex';
import { readConnection } from './readConnection';

describe('readConnection', () => {
  it('given a password, which knex hides, then it is read all the same', async () => {
    const knex = knexFactory({
      client: 'pg',
      connection: {
        host: 'db',
        user: 'portal',
        password: 'hunter2',
        ssl: true,
      },
    });

    expect({ ...knex.client.config.connection }).not.toHaveProperty('password');
    expect((await readConnection(knex)).options).toMatchObject({
      host: 'db',
      user: 'portal',
      password: 'hunter2',
      ssl: true,
    });
  });

  it('given a connection string, then it is taken', async () => {
    const knex = knexFactory({
      client: 'pg',
      connection: 'postgresql://portal:hunter2@db:5433/portal',
    });

    expect((await readConnection(knex)).options).toMatchObject({
      host: 'db',
      port: '5433',
      user: 'portal',
      password: 'hunter2',
    });
  });

  it('given a cloud’s token in place of a password, then each connection asks for its own', async () => {
    let tokens = 0;
    const knex = knexFactory({
      client: 'pg',
      connection: async () => ({
        host: 'db',
        user: 'portal',
        password: `token-${++tokens}`,
      }),
    });

    const { password } = (await readConnection(knex)).options;

    if (typeof password !== 'function') {
      throw new Error('The password does not change');
    }
    expect([await password(), await password()]).toEqual([
      'token-2',
      'token-3',
    ]);
  });

  it('given a role, then each session takes it on, whatever it is called', async () => {
    const knex = knexFactory({
      client: 'pg',
      connection: { host: 'db' },
      role: 'the "owner"',
    } as object);

    expect((await readConnection(knex)).sessionStatements).toEqual([
      'SET ROLE "the ""owner"""',
    ]);
  });
});
