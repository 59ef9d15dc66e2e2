export {
  ReadinessChecks,
  readinessServiceRef,
  type ReadinessCheck,
  type ReadinessService,
} from './ReadinessService';
