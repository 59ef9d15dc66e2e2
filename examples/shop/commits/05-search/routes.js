const { products } = require('./products');
const { renderWindow } = require('./render');

/** What a path answers; undefined where there is nothing. */
exports.answer = url => {
  const query = url.searchParams.get('q') ?? '';
  const found = products.filter(({ name }) =>
    name.toLowerCase().includes(query.toLowerCase()),
  );
  switch (url.pathname) {
    case '/':
      return {
        type: 'text/html',
        body: renderWindow({ products: found, query }),
      };
    case '/api/products':
      return { type: 'application/json', body: JSON.stringify(found) };
    default:
      return undefined;
  }
};
