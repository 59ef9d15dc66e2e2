export * from './EnvironmentAuthorizer';
export * from './environmentRef';
export * from './loadEnvironmentResources';
export * from './nameRef';
export * from './rules';
