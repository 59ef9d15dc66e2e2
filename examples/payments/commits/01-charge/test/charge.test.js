const assert = require('node:assert');
const { test } = require('node:test');
const { charge } = require('../charge');

test('a charge says what it took', () => {
  assert.partialDeepStrictEqual(charge(100), {
    status: 'charged',
    amount: 100,
  });
});
