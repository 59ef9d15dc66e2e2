/** How long a worker may give no sign of life before its runs go to another, seconds; pg-boss takes no less than 10. */
export const HEARTBEAT_S = 10;

/** How often a worker gives a sign of life, milliseconds. */
export const REFRESH_MS = 2_000;

/**
 * How long a worker trusts a claim after its last sign of life, milliseconds: less than it takes until another can have it, so
 * that whoever is cut off from the database stops before another begins.
 */
export const LEASE_MS = HEARTBEAT_S * 1_000 - 1_000;
