export { Telemetry, type StepCall, type Survey } from './Telemetry';
export {
  captureTrace,
  traceCarrierSchema,
  type TraceCarrier,
} from './TraceCarrier';
