export * from './checkRepositoryUrl';
export * from './GitMirrors';
export * from './GitRepository';
export * from './repositoryAccess';
