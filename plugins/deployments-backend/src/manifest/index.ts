export * from './createManifestJsonSchema';
export * from './ManifestReader';
export * from './Service';
export * from './ServiceLoader';
