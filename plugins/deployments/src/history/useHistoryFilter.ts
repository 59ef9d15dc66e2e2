import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router-dom';
import { z } from 'zod';
import {
  environmentNameSchema,
  RunFilter,
} from '@slipway/plugin-deployments-common';

/** Results as people look for them. */
export const RESULTS = ['open', 'succeeded', 'failed', 'stopped'] as const;
export type Result = (typeof RESULTS)[number];

const PHASES: Record<Result, NonNullable<RunFilter['phases']>> = {
  open: ['waiting-for-approval', 'waiting-for-gates', 'queued', 'running'],
  succeeded: ['succeeded'],
  failed: ['failed', 'errored'],
  stopped: ['cancelled', 'rejected'],
};

const filterSchema = z.object({
  environment: environmentNameSchema.optional().catch(undefined),
  result: z.enum(RESULTS).optional().catch(undefined),
  by: z.string().min(1).optional().catch(undefined),
  /** First day, `2026-11-21`. */
  from: z.iso.date().optional().catch(undefined),
  /** Last day. */
  to: z.iso.date().optional().catch(undefined),
});
export type HistoryFilter = z.infer<typeof filterSchema>;

/** Which runs the person looks for, kept in the address. */
export function useHistoryFilter() {
  const [params, setParams] = useSearchParams();
  const text = params.toString();
  const filter = useMemo(
    () =>
      filterSchema.parse(
        Object.fromEntries(new URLSearchParams(text).entries()),
      ),
    [text],
  );
  const change = useCallback(
    (part: HistoryFilter) =>
      setParams(
        known => {
          const next = new URLSearchParams(known);
          for (const [name, value] of Object.entries(part)) {
            if (value) {
              next.set(name, value);
            } else {
              next.delete(name);
            }
          }
          return next;
        },
        { replace: true },
      ),
    [setParams],
  );
  const clear = useCallback(
    () =>
      change({
        environment: undefined,
        result: undefined,
        by: undefined,
        from: undefined,
        to: undefined,
      }),
    [change],
  );
  return { filter, change, clear };
}

/** How many filters are set; a range of dates is one. */
export function countFilters(filter: HistoryFilter): number {
  const { environment, result, by, from, to } = filter;
  return [environment, result, by, from ?? to].filter(Boolean).length;
}

/** The filter as the backend takes it: days of the person's own time zone become moments. */
export function toRunFilter(filter: HistoryFilter): RunFilter {
  const { environment, result, by, from, to } = filter;
  return {
    environment,
    by,
    phases: result && PHASES[result],
    from: from && startOfDay(from, 0),
    to: to && startOfDay(to, 1),
  };
}

function startOfDay(day: string, plusDays: number): string {
  const date = new Date(`${day}T00:00:00`);
  date.setDate(date.getDate() + plusDays);
  return date.toISOString();
}
