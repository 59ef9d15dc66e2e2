export * from './applyDecisions';
export * from './CheckAsker';
export * from './findFreeze';
export * from './freezeTimes';
export * from './GateKeeper';
export * from './HttpCheckProvider';
export * from './listGates';
export * from './recordServing';
