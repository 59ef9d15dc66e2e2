/** Versions of the programs that are brought through npm where the machine has none or another. */
export const NODE_VERSION = '24.21.0';
export const YARN_VERSION = '4.13.0';
/** PM2 keeps the demo's services running. It is a program of the host, and no part of the product. */
export const PM2_VERSION = '7.0.4';

/** What these scripts themselves need. */
export const MINIMUM_NODE_MAJOR = 20;
