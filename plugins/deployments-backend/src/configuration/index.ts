export * from './readConfiguration';
