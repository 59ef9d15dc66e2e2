/** One thing that a benchmark promises. */
export type Goal = {
  name: string;
  /** What was measured. */
  actual: number;
} & ({ atMost: number } | { atLeast: number });

export type Report = {
  benchmark: string;
  /** For people: a row each, the first one the headings. */
  table: string[][];
  goals: Goal[];
};

/**
 * Prints a benchmark's table for people and then, as the last line, its goals as JSON for machines.
 *
 * @returns the exit status: 1 where a goal is missed.
 */
export function printReport({ benchmark, table, goals }: Report): 0 | 1 {
  const widths = table[0].map((_, column) =>
    Math.max(...table.map(row => row[column].length)),
  );
  for (const row of table) {
    write(
      row
        .map((cell, i) => cell.padEnd(widths[i]))
        .join('  ')
        .trimEnd(),
    );
  }
  const judged = goals.map(goal => ({
    ...goal,
    actual: round(goal.actual),
    met:
      'atMost' in goal
        ? goal.actual <= goal.atMost
        : goal.actual >= goal.atLeast,
  }));
  const met = judged.every(goal => goal.met);
  write('');
  write(JSON.stringify({ benchmark, goals: judged, met }));
  return met ? 0 : 1;
}

/** The middle value, or the mean of the two middle ones. */
export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length / 2;
  return sorted.length % 2 === 1
    ? sorted[Math.floor(middle)]
    : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** The least value that so many of a hundred are not above; NaN where there are none. */
export function percentile(values: readonly number[], of: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  const place = Math.ceil((of / 100) * sorted.length) - 1;
  return sorted[Math.max(0, place)] ?? NaN;
}

/** Seconds with two decimals, `1.94 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(2)} s`;
}

function round(value: number): number {
  return Math.round(value * 1_000) / 1_000;
}

function write(line: string): void {
  process.stdout.write(`${line}\n`);
}
