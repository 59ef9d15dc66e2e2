/** Ends what people did not ask for in the product's own name. */
export const SLIPWAY = 'slipway';
