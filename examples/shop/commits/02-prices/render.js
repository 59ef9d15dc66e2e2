/** The shop window as a page. */
exports.renderWindow = ({ products }) => `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Shop</title>
  <h1>Shop</h1>
  <ul>
    ${products.map(({ name, price }) => `<li>${name}: ${price} €</li>`).join('\n    ')}
  </ul>
</html>
`;
