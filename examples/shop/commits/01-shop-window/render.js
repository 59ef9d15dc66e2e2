/** The shop window as a page. */
exports.renderWindow = ({ products }) => `<!doctype html>
<html lang="en">
  <meta charset="utf-8">
  <title>Shop</title>
  <h1>Shop</h1>
  <ul>
    ${products.map(({ name }) => `<li>${name}</li>`).join('\n    ')}
  </ul>
</html>
`;
