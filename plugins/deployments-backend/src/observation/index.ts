export { computeDrift } from './computeDrift';
export { Observer } from './Observer';
