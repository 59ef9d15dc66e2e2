import { FakeDeploymentsApi } from '../src/__testUtils__/FakeDeploymentsApi';
import { Gate } from '@slipway/plugin-deployments-common';
import {
  ago,
  ANA,
  approval,
  checkGate,
  fakePlanHash,
  fakeRelease,
  fakeRunId,
  freezeGate,
  gate,
  gatedRun,
  hold,
  itemGate,
  logLines,
  plan,
  production,
  RAJ,
  run,
  runSummary,
  staging,
  asStatus,
  steps,
  stuck,
  V213,
  V214,
  V215,
} from '../src/__testUtils__/fixtures';

const HOUR = 3_600_000;

/** The end of a freeze: the next Monday, 08:00. */
function nextMonday(): string {
  const moment = new Date();
  moment.setDate(moment.getDate() + ((8 - moment.getDay()) % 7 || 7));
  moment.setHours(8, 0, 0, 0);
  return moment.toISOString();
}

function ahead(ms: number): string {
  return ago(-ms);
}

/** One gate of each kind, and each way in which it can stand. */
function createGates(): Gate[] {
  return [
    gate({
      id: 'approval',
      kind: 'approval',
      title: 'Approvals',
      state: 'open',
      reason: '2 of 2 approvals.',
    }),
    freezeGate({ until: nextMonday() }),
    gate({
      id: 'soak',
      kind: 'soak',
      title: 'Time in the environment before',
      reason:
        '2.14.0 has to serve in good health in staging for 4 h, and has for 3 h.',
      until: ahead(HOUR),
      evidence: {
        text: 'Served 3 h of 4 h in staging',
        url: 'http://localhost:3101',
      },
    }),
    checkGate('unit', { state: 'open', reason: '412 tests passed.' }),
    checkGate('smoke', {
      state: 'blocked',
      reason: '2 of 40 paths answered 500: /pay, /pay/return.',
      evidence: { text: 'Build 4712', url: 'https://ci.example/4712' },
      may: {
        override: {
          allowed: false,
          reason:
            'You need deployments.check.override on production. Ask payments-ops.',
        },
        tick: null,
      },
    }),
    checkGate('licences'),
    gate({
      id: 'checklist:rollback-possible',
      kind: 'checklist',
      title: 'A rollback is possible',
      state: 'open',
      reason: 'production keeps 2.13.4, and can return to it.',
    }),
    itemGate({
      id: 'checklist:status-page',
      title: 'The status page announces it',
      state: 'open',
      reason: 'ana ticked it.',
      decision: {
        what: 'tick',
        by: ANA,
        at: ago(4 * 60_000),
        reason: null,
        expiresAt: null,
      },
    }),
    itemGate(),
  ];
}

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
      expiresAt: ahead(2 * HOUR),
    },
    reason: 'Delivery dates before the weekend',
    createdAt: ago(12 * 60_000),
    startedAt: null,
    finishedAt: null,
    approvals: [approval()],
  });
  const gated = gatedRun(createGates(), {
    id: fakeRunId('gated'),
    planHash: fakePlanHash('gated'),
    reason: 'The new checkout',
    createdAt: ago(25 * 60_000),
    approvals: [approval()],
  });
  const heldBack = run({
    id: fakeRunId('held'),
    planHash: fakePlanHash('held'),
    trigger: 'automation',
    to: V215,
    state: { phase: 'queued', position: 1, hold: hold() },
    createdAt: ago(70 * 60_000),
    startedAt: null,
    finishedAt: null,
  });
  const stuckRun = run({
    id: fakeRunId('stuck'),
    planHash: fakePlanHash('stuck'),
    environment: 'qa',
    operation: 'deploy',
    requestedBy: RAJ,
    from: V214,
    to: V215,
    state: { phase: 'running', step: 5, steps: 7 },
    steps: steps(4, 'started'),
    createdAt: ago(2 * HOUR + 60_000),
    startedAt: ago(2 * HOUR + 50_000),
    finishedAt: null,
    stuck: stuck(),
    may: { ...waiting.may, release: { allowed: true } },
  });
  const behindStuck = run({
    id: fakeRunId('behind'),
    planHash: fakePlanHash('behind'),
    environment: 'qa',
    operation: 'deploy',
    to: V215,
    state: { phase: 'queued', position: 1, hold: null },
    createdAt: ago(40 * 60_000),
    startedAt: null,
    finishedAt: null,
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
  api.addRun(gated);
  api.addRun(heldBack);
  api.addRun(stuckRun, log.slice(0, 180));
  api.addRun(behindStuck);
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
  const protectedPlan = (words: string, to = V214) =>
    plan(words, {
      to,
      approvals: {
        needed: 2,
        groups: ['group:default/payments-ops', 'group:default/security'],
        selfApproval: false,
        quorums: [{ group: 'group:default/security', needed: 1 }],
        expiryMs: 24 * HOUR,
      },
    });
  for (const words of ['promote', 'gated', 'approve']) {
    api.addPlan(protectedPlan(words));
  }
  for (const words of ['held', 'stuck', 'behind']) {
    api.addPlan(protectedPlan(words, V215));
  }
  api.planned = [protectedPlan('promote')];
  api.planGates = createGates()
    .filter(({ kind }) => kind !== 'approval')
    .map(asStatus);
  api.service = {
    ...api.service,
    environments: [
      staging({
        name: 'qa',
        ahead: null,
        activeRun: runSummary(stuckRun),
        queue: [runSummary(behindStuck)],
        stuck: stuckRun.stuck,
      }),
      staging({ activeRun: runSummary(running) }),
      production({
        queue: [runSummary(heldBack)],
        waiting: [runSummary(waiting), runSummary(gated)],
        hold: hold(),
        freezes: [
          {
            name: 'Release week',
            reason: 'The shop is busy before Christmas.',
            until: nextMonday(),
          },
        ],
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
