const { GATEWAY_MODE = 'sandbox' } = process.env;

/** Charges an amount, in cents. */
exports.charge = amount => ({ status: 'charged', amount, mode: GATEWAY_MODE });
