/** What a check run or a commit status says of a commit. */
export type Report = {
  kind: 'check-run' | 'commit-status';
  /** Of two by the same reporter under the same name, the one with the higher number counts: GitHub gives it, and no reporter can choose it. */
  id: number;
  name: string;
  /** Slug of the app that reported it; null where GitHub does not tell. */
  app: string | null;
  state: 'green' | 'pending' | 'red';
  /** In GitHub's words: `in_progress`, `timed_out`. */
  said: string;
};

/** As GitHub's own required checks have it; what is not known here is not green. */
const GREEN_CONCLUSIONS: ReadonlySet<string | null> = new Set([
  'success',
  'neutral',
  'skipped',
]);

/** The state of a check run. */
export function judgeCheckRun(run: {
  status: string;
  conclusion: string | null;
}): Pick<Report, 'state' | 'said'> {
  const { status, conclusion } = run;
  if (status !== 'completed') {
    return { state: 'pending', said: status };
  }
  return {
    state: GREEN_CONCLUSIONS.has(conclusion) ? 'green' : 'red',
    said: conclusion ?? 'no conclusion',
  };
}

/** The state of a commit status. */
export function judgeCommitStatus(
  state: string,
): Pick<Report, 'state' | 'said'> {
  switch (state) {
    case 'success':
      return { state: 'green', said: state };
    case 'pending':
      return { state: 'pending', said: state };
    default:
      return { state: 'red', said: state };
  }
}
