export * from './command';
export * from './duration';
export * from './manifest';
export * from './protection';
