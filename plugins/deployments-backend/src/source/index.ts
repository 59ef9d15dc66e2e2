export * from './checkRepositoryUrl';
export * from './GitMirrors';
export * from './GitRepository';
