import { LogLine, RunStep } from '@slipway/plugin-deployments-common';

/** Positions, in `lines`, of every line that contains the words; none without words. */
export function searchLog(lines: readonly LogLine[], query: string): number[] {
  const wanted = query.trim().toLocaleLowerCase('en-US');
  if (!wanted) {
    return [];
  }
  const found: number[] = [];
  lines.forEach((line, index) => {
    if (line.text.toLocaleLowerCase('en-US').includes(wanted)) {
      found.push(index);
    }
  });
  return found;
}

const LOOKS_LIKE_AN_ERROR = /\b(error|fatal|failed|failure|exception|panic)\b/i;

/**
 * The line to look at first when a run went wrong: in the step that said no, the first line that
 * reads like an error, else the first that went to the error stream, else the step's last line.
 */
export function findFirstError(
  lines: readonly LogLine[],
  steps: readonly RunStep[],
): LogLine | undefined {
  const failed = steps.find(
    step => step.status === 'failed' || step.status === 'errored',
  );
  const candidates = failed
    ? lines.filter(line => line.step === failed.index)
    : lines;
  return (
    candidates.find(line => LOOKS_LIKE_AN_ERROR.test(line.text)) ??
    candidates.find(line => line.stream === 'stderr') ??
    (failed ? candidates.at(-1) : undefined)
  );
}

/** A line cut at each occurrence of the words: every second piece is one. */
export function cutAtMatches(text: string, query: string): string[] {
  const wanted = query.trim();
  if (!wanted) {
    return [text];
  }
  const escaped = wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.split(new RegExp(`(${escaped})`, 'i'));
}
