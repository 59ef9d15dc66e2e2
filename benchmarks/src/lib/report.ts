/** One thing that a benchmark promises. */
export type Goal = {
  name: string;
  /** What was measured; lower is better. */
  actual: number;
  /** The most it may be. */
  atMost: number;
};

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
    name: goal.name,
    actual: round(goal.actual),
    atMost: goal.atMost,
    met: goal.actual <= goal.atMost,
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
