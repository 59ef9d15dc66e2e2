/** A duration in words for people: `350 ms`, `40 s`, `12 min`, `3 h`. */
export function describeDuration(ms: number): string {
  if (ms < 1_000) {
    return `${Math.round(ms)} ms`;
  }
  if (ms < 120_000) {
    return `${Math.round(ms / 1_000)} s`;
  }
  return ms < 120 * 60_000
    ? `${Math.round(ms / 60_000)} min`
    : `${Math.round(ms / 3_600_000)} h`;
}
