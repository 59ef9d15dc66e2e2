const { products } = require('./products');
const { renderWindow } = require('./render');

/** What a path answers; undefined where there is nothing. */
exports.answer = url => {
  switch (url.pathname) {
    case '/':
      return { type: 'text/html', body: renderWindow({ products }) };
    case '/api/products':
      return { type: 'application/json', body: JSON.stringify(products) };
    default:
      return undefined;
  }
};
