const { GATEWAY_MODE = 'sandbox' } = process.env;

/** Where version 2 of the gateway answers. */
const GATEWAYS = { sandbox: 'https://sandbox.gateway.example/v2' };

/** Charges an amount, in the smallest unit of its currency. */
exports.charge = (amount, currency = 'EUR') => {
  const gateway = GATEWAYS[GATEWAY_MODE];
  if (!gateway) {
    throw new Error(`There is no gateway for ${GATEWAY_MODE}`);
  }
  return { status: 'charged', amount, currency, mode: GATEWAY_MODE, gateway };
};
