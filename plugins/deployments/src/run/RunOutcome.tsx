import { Alert, Link } from '@backstage/ui';
import { Run, RunProblem } from '@slipway/plugin-deployments-common';
import { useTranslation } from '../hooks/useTranslation';

/** What went wrong, in which step, what runs now, and the next thing to do. */
export function RunOutcome({ run }: { run: Run }) {
  const { t } = useTranslation();
  const { state, rolledBackTo } = run;
  switch (state.phase) {
    case 'failed':
    case 'errored':
      return (
        <Alert
          status="danger"
          icon
          title={<ProblemTitle run={run} problem={state.problem} />}
          description={
            <>
              {rolledBackTo
                ? t('run.rolledBack', { version: rolledBackTo.version })
                : t(`run.after.${state.phase}`)}{' '}
              {state.problem.mend}
            </>
          }
        />
      );
    case 'rejected':
      return <Alert status="warning" icon title={state.reason} />;
    case 'queued':
      return state.hold ? null : (
        <Alert
          status="info"
          icon
          title={t('run.queued', { environment: run.environment })}
        />
      );
    case 'waiting-for-approval':
    case 'waiting-for-gates':
    case 'running':
    case 'succeeded':
    case 'cancelled':
      return null;
    default:
      return state satisfies never;
  }
}

function ProblemTitle({ run, problem }: { run: Run; problem: RunProblem }) {
  const step = run.steps.find(({ id }) => id === problem.step);
  return (
    <span style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
      {step && (
        <>
          <Link href={`?step=${encodeURIComponent(step.id)}`}>
            {step.title}
          </Link>
          {': '}
        </>
      )}
      {problem.message}
    </span>
  );
}
