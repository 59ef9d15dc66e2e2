const assert = require('node:assert');
const { test } = require('node:test');
const { answer } = require('../routes');

test('what people search for stays a text', () => {
  const url = new URL('http://shop.localhost/');
  url.searchParams.set('q', '"><script>');
  assert.doesNotMatch(answer(url).body, /<script>/);
});
