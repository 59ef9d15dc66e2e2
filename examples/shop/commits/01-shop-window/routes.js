const { products } = require('./products');
const { renderWindow } = require('./render');

/** What a path answers; undefined where there is nothing. */
exports.answer = url => {
  if (url.pathname === '/') {
    return { type: 'text/html', body: renderWindow({ products }) };
  }
  return undefined;
};
