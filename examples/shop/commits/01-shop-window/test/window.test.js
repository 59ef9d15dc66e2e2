const assert = require('node:assert');
const { test } = require('node:test');
const { answer } = require('../routes');

test('the window shows every product', () => {
  const { body } = answer(new URL('http://shop.localhost/'));
  for (const name of ['Walnut chair', 'Oak table', 'Linen lamp']) {
    assert.match(body, new RegExp(name));
  }
});
