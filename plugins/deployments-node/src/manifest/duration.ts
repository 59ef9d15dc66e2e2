import { z } from 'zod';

const UNIT_MS = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Nothing that is carried out takes longer, and timers could not wait for a month. */
const MAX_DAYS = 7;

/** A duration as people write it, `500ms`, `30s`, `15m`, `1h`, at most `7d`; parsed to milliseconds. */
export const durationSchema = createDurationSchema(MAX_DAYS);

/** A duration of at most so many days, for what waits in tables and not in timers. */
export function createDurationSchema(maxDays: number) {
  return z
    .string()
    .regex(
      /^\d{1,6}(ms|s|m|h|d)$/,
      `write a number and a unit: 500ms, 30s, 15m, 1h, ${maxDays}d`,
    )
    .transform(parseDuration)
    .refine(ms => ms <= maxDays * UNIT_MS.d, `is longer than ${maxDays}d`);
}

function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d+)(ms|s|m|h|d)$/.exec(text) ?? [];
  return Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
}
