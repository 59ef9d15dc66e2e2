export * from './DeploymentsService';
