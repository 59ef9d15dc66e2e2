export * from './CheckProvider';
export * from './extensionPoint';
