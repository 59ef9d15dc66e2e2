/** What the shop sells. */
exports.products = [
  { name: 'Walnut chair', price: 129 },
  { name: 'Oak table', price: 449 },
  { name: 'Linen lamp', price: 74.5 },
  { name: 'Wool rug', price: 210 },
];
