import { FakeDeploymentsApi } from '../src/__testUtils__/FakeDeploymentsApi';
import {
  ago,
  approval,
  fakePlanHash,
  fakeRelease,
  fakeRunId,
  logLines,
  plan,
  production,
  RAJ,
  run,
  runSummary,
  staging,
  steps,
  V213,
  V214,
  V215,
} from '../src/__testUtils__/fixtures';

const HOUR = 3_600_000;

/** A shop with something to promote, something to roll back, a failure, a run under way and one that waits. */
export function createDemo(): FakeDeploymentsApi {
  const api = new FakeDeploymentsApi();
  const running = run({
    id: fakeRunId('running'),
    environment: 'staging',
    operation: 'deploy',
    from: V214,
    to: V215,
    state: { phase: 'running', step: 4, steps: 7 },
    steps: steps(3, 'started'),
    createdAt: ago(100_000),
    startedAt: ago(95_000),
    finishedAt: null,
  });
  const waiting = run({
    id: fakeRunId('waiting'),
    planHash: fakePlanHash('approve'),
    state: {
      phase: 'waiting-for-approval',
      given: 1,
      needed: 2,
      expiresAt: null,
    },
    reason: 'Delivery dates before the weekend',
    createdAt: ago(12 * 60_000),
    startedAt: null,
    finishedAt: null,
    approvals: [approval()],
  });
  const failed = run({
    id: fakeRunId('failed'),
    to: fakeRelease('2.13.9'),
    state: {
      phase: 'failed',
      problem: {
        step: 'step-6',
        message: 'GET /health answered 500 three times in a row.',
        mend: 'Look at the log of the release, then deploy a mended one.',
      },
    },
    rolledBackTo: V213,
    steps: [
      ...steps(6, 'failed'),
      ...['Switch back to 2.13.4', 'Verify health'].map((title, index) => ({
        ...steps(7, undefined)[index],
        index: 7 + index,
        id: `recover-${index}`,
        title,
        stage: 'recover' as const,
      })),
    ],
    createdAt: ago(26 * HOUR),
    startedAt: ago(26 * HOUR),
    finishedAt: ago(26 * HOUR - 250_000),
  });
  const log = logLines(420, line =>
    line % 60 === 0
      ? `added 212 packages in ${line % 9} s`
      : `npm http fetch GET 200 https://registry.npmjs.org/package-${line} ${
          (line * 37) % 400
        }ms (cache hit)`,
  );
  const failedLog = log.map(line =>
    line.step === 6 && line.line > 400
      ? {
          ...line,
          stream: 'stderr' as const,
          text: `ERROR GET /health 500 TypeError: Cannot read properties of undefined (reading 'rate') at tax (/srv/shop/releases/2.13.9/src/tax.js:${line.line}:17)`,
        }
      : line,
  );
  api.addRun(running, log.slice(0, 240));
  api.addRun(waiting);
  api.addRun(failed, failedLog);
  for (const [index, version] of ['2.13.4', '2.13.3', '2.13.2'].entries()) {
    api.addRun(
      run({
        id: fakeRunId(`past ${version}`),
        planHash: fakePlanHash(`past ${version}`),
        operation: index === 1 ? 'rollback' : 'promote',
        from: fakeRelease(index === 1 ? '2.13.4' : '2.13.1'),
        to: fakeRelease(version),
        reason: index === 1 ? '5xx on pay' : null,
        requestedBy: index === 1 ? RAJ : 'user:default/ana',
        createdAt: ago((48 + index * 30) * HOUR),
        startedAt: ago((48 + index * 30) * HOUR),
        finishedAt: ago((48 + index * 30) * HOUR - 240_000 - index * 9_000),
      }),
      log,
    );
    api.addPlan(
      plan(`past ${version}`, {
        to: fakeRelease(version),
        configuration: [],
        migrations: [],
      }),
    );
  }
  api.addPlan(plan('promote'));
  api.addPlan(
    plan('approve', {
      approvals: {
        needed: 2,
        groups: ['group:default/payments-ops'],
        selfApproval: false,
      },
    }),
  );
  api.service = {
    ...api.service,
    environments: [
      staging({ activeRun: runSummary(running) }),
      production({
        waiting: [runSummary(waiting)],
      }),
    ],
  };
  api.setApprovals({
    mine: [
      {
        run: runSummary(waiting),
        planHash: fakePlanHash('approve'),
        findings: { blocking: 0, warning: 1 },
        waitingSince: ago(12 * 60_000),
        may: { approve: { allowed: true } },
      },
    ],
  });
  let line = 240;
  setInterval(() => {
    if (line < log.length) {
      api.progress(running.id, {}, log.slice(line, line + 3));
      line += 3;
    }
  }, 1_000);
  return api;
}
