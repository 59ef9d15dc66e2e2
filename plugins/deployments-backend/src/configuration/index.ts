export * from './readConfiguration';
export * from './secureWorkDirectory';
