export * from './approval';
export * from './availability';
export * from './gate';
export * from './hold';
export * from './plan';
export * from './release';
export * from './run';
export * from './service';
