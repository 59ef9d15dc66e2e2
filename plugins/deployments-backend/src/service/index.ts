export { Access, type CallOptions } from './Access';
export * from './DeploymentsService';
