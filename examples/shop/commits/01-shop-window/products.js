/** What the shop sells. */
exports.products = [
  { name: 'Walnut chair', price: 129 },
  { name: 'Oak table', price: 489 },
  { name: 'Linen lamp', price: 74.5 },
];
