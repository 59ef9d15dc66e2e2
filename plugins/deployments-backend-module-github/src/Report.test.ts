import { judgeCheckRun, judgeCommitStatus } from './Report';

describe('the state of a check run', () => {
  it.each<[string, string | null, string, string]>([
    ['completed', 'success', 'green', 'success'],
    ['completed', 'neutral', 'green', 'neutral'],
    ['completed', 'skipped', 'green', 'skipped'],
    ['completed', 'failure', 'red', 'failure'],
    ['completed', 'cancelled', 'red', 'cancelled'],
    ['completed', 'timed_out', 'red', 'timed_out'],
    ['completed', 'action_required', 'red', 'action_required'],
    ['completed', 'stale', 'red', 'stale'],
    ['completed', 'startup_failure', 'red', 'startup_failure'],
    ['completed', 'what comes one day', 'red', 'what comes one day'],
    ['completed', null, 'red', 'no conclusion'],
    ['queued', null, 'pending', 'queued'],
    ['in_progress', null, 'pending', 'in_progress'],
    ['waiting', null, 'pending', 'waiting'],
    ['requested', null, 'pending', 'requested'],
    ['pending', null, 'pending', 'pending'],
    ['in_progress', 'success', 'pending', 'in_progress'],
  ])('given %s with %s, then it is %s', (status, conclusion, state, said) => {
    expect(judgeCheckRun({ status, conclusion })).toEqual({ state, said });
  });
});

describe('the state of a commit status', () => {
  it.each([
    ['success', 'green'],
    ['pending', 'pending'],
    ['failure', 'red'],
    ['error', 'red'],
    ['what comes one day', 'red'],
  ])('given %s, then it is %s', (said, state) => {
    expect(judgeCommitStatus(said)).toEqual({ state, said });
  });
});
