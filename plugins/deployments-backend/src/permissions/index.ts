export * from './EnvironmentAuthorizer';
export * from './environmentRef';
export * from './loadEnvironmentResources';
export * from './rules';
