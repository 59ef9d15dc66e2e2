const { PRICE_SERVICE_URL } = process.env;

/** Why the shop could not serve; empty where it can. */
exports.findProblems = () =>
  PRICE_SERVICE_URL
    ? []
    : ['PRICE_SERVICE_URL is not set: the price service cannot be asked'];
