const { GATEWAY_MODE = 'sandbox' } = process.env;

/** Charges an amount, in the smallest unit of its currency. */
exports.charge = (amount, currency = 'EUR') => ({
  status: 'charged',
  amount,
  currency,
  mode: GATEWAY_MODE,
});
