export * from './DeploymentsApi';
export {
  DeploymentsClient,
  type DeploymentsClientOptions,
} from './DeploymentsClient';
