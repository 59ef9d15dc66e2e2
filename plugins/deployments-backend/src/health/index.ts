export { createDatabaseCheck } from './createDatabaseCheck';
export { deploymentsRootHealthServiceFactory } from './rootHealthServiceFactory';
