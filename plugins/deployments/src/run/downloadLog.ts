import { LogLine, RunId } from '@slipway/plugin-deployments-common';

/** Hands the log to the person as a text file: time, stream and text of each line. */
export function downloadLog(runId: RunId, lines: readonly LogLine[]): void {
  const url = URL.createObjectURL(
    new Blob([formatLog(lines)], { type: 'text/plain;charset=utf-8' }),
  );
  const anchor = document.createElement('a');
  anchor.href = url;
  anchor.download = `run-${runId}.log`;
  anchor.click();
  URL.revokeObjectURL(url);
}

/** The log as text, a line each. */
export function formatLog(lines: readonly LogLine[]): string {
  return lines
    .map(({ at, stream, text }) => `${at} ${stream.padEnd(6)} ${text}\n`)
    .join('');
}
