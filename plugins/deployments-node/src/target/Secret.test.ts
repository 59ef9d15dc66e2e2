import { inspect } from 'node:util';
import { Secret } from './Secret';

describe('Secret', () => {
  it('given a secret, when it is printed in any way, then its value does not show', () => {
    const secret = new Secret('db-password', 'hunter2');

    const printed = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect(secret),
      inspect({ nested: [secret] }, { showHidden: true }),
      Object.values(secret).join(),
    ].join();

    expect(printed).not.toContain('hunter2');
    expect(secret.reveal()).toBe('hunter2');
  });
});
