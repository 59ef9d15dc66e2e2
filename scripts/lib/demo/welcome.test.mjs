import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { showWelcome } from './welcome.mjs';

function welcome() {
  const lines = [];
  showWelcome({
    url: 'http://localhost:7007',
    ports: {
      SHOP_STAGING_PORT: 14_101,
      SHOP_PRODUCTION_PORT: 14_102,
      PAYMENTS_STAGING_PORT: 14_111,
      PAYMENTS_PRODUCTION_PORT: 14_112,
    },
    progress: { line: text => void lines.push(text ?? '') },
  });
  return lines;
}

describe('welcome of the demo', () => {
  it('says of all that is tried in production who approves it', () => {
    const tries = welcome()
      .join(' ')
      .replace(/[\s│]+/g, ' ')
      .split(';')
      .filter(text => /\bpromote|\broll /.test(text));

    assert.equal(tries.length, 3);
    const [promotion, rollback, failure] = tries;
    assert.match(promotion, /promote 1\.3\.0 to production/);
    assert.match(rollback, /as Raj approve that, too$/);
    assert.match(failure, /as Raj approve it: it fails/);
  });
});
