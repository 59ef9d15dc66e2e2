/**
 * For the tests of targets: the scenarios that every kind passes, and what it takes to run them for real.
 *
 * @packageDocumentation
 */
export * from './ConformanceHarness';
export {
  ConformanceDriver,
  type DriveRequest,
  type DriveResult,
  type Kill,
} from './ConformanceDriver';
export { describeTargetConformance } from './describeTargetConformance';
export { describeTargetKills } from './describeTargetKills';
export { installPm2 } from './installPm2';
export { TestRepository } from './TestRepository';
export {
  describeUnless,
  describeWithPrograms,
  findProgram,
  type TestProgram,
} from './describeWithPrograms';
