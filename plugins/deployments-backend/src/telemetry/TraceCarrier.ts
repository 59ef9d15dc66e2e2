import { context, propagation } from '@opentelemetry/api';
import { z } from 'zod';

/**
 * Where a trace goes on that was left, as the headers of W3C Trace Context. Baggage is not part of it: it may hold anything, and this is
 * kept.
 */
export const traceCarrierSchema = z.object({
  traceparent: z.string().max(200),
  tracestate: z.string().max(600).optional(),
});
export type TraceCarrier = z.infer<typeof traceCarrierSchema>;

/**
 * The trace that is going on now; null where none is recorded.
 *
 * @remarks
 *
 * The framework's tracing service reads such headers and has nothing that writes them, so OpenTelemetry is asked itself.
 */
export function captureTrace(): TraceCarrier | null {
  const headers: Record<string, string> = {};
  propagation.inject(context.active(), headers);
  const carrier = traceCarrierSchema.safeParse(headers);
  return carrier.success ? carrier.data : null;
}
