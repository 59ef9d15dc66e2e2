import {
  Approval,
  commitIdSchema,
  Commit,
  digestSchema,
  Gate,
  GateStatus,
  Hold,
  HoldingGate,
  isPassed,
  LogLine,
  Plan,
  PlanContent,
  planHashSchema,
  ReleaseSummary,
  releaseIdSchema,
  Run,
  RunId,
  runIdSchema,
  RunStep,
  RunSummary,
  serviceRefSchema,
  Stuck,
} from '@slipway/plugin-deployments-common';
import { OpenEnvironment } from '../environments/types';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

export const SHOP = serviceRefSchema.parse('component:default/shop');
export const ANA = 'user:default/ana';
export const RAJ = 'user:default/raj';

/** A moment so long ago, as a timestamp. */
export function ago(ms: number): string {
  return new Date(Date.now() - ms).toISOString();
}

/** A hash of `digits` hex digits that is always the same for the same words. */
function fakeHash(words: string, digits: number): string {
  let state = 2_166_136_261;
  let hash = '';
  while (hash.length < digits) {
    for (const letter of `${words}${hash.length}`) {
      state = Math.imul(state ^ letter.charCodeAt(0), 16_777_619) >>> 0;
    }
    hash += state.toString(16).padStart(8, '0');
  }
  return hash.slice(0, digits);
}

function fakeUuid(words: string): string {
  const hex = fakeHash(words, 32);
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20),
  ].join('-');
}

export function fakePlanHash(words: string) {
  return planHashSchema.parse(fakeHash(words, 64));
}

export function fakeRunId(words: string): RunId {
  return runIdSchema.parse(fakeUuid(words));
}

export function fakeRelease(version: string): ReleaseSummary {
  return {
    id: releaseIdSchema.parse(fakeUuid(version)),
    version,
    commitId: commitIdSchema.parse(fakeHash(version, 40)),
  };
}

export const V213 = fakeRelease('2.13.4');
export const V214 = fakeRelease('2.14.0');
export const V215 = fakeRelease('2.15.0');

export const COMMITS: Commit[] = [
  ['Show the delivery date in the basket', 'Ana Lopez', 3 * HOUR],
  ['Round tax per line, as the invoice does', 'Raj Patel', 5 * HOUR],
  ['Retry the payment provider once on a timeout', 'Ana Lopez', 26 * HOUR],
  ['Remove the old checkout page', 'Ana Lopez', 30 * HOUR],
].map(([subject, author, age]) => ({
  id: commitIdSchema.parse(fakeHash(String(subject), 40)),
  subject: String(subject),
  author: String(author),
  committedAt: ago(Number(age)),
}));

export function openEnvironment(
  part: Partial<OpenEnvironment> & { name: string },
): OpenEnvironment {
  return {
    access: 'open',
    targetKind: 'vps',
    observed: null,
    deployed: null,
    drift: [],
    ahead: null,
    promotesFrom: null,
    activeRun: null,
    queue: [],
    waiting: [],
    hold: null,
    stuck: null,
    freezes: [],
    may: {
      deploy: { allowed: true },
      promote: { allowed: true },
      rollback: { allowed: true },
      hold: { allowed: true },
      release: { allowed: true },
    },
    ...part,
  };
}

function processes(count: number, startedAgo: number) {
  return Array.from({ length: count }, (_, index) => ({
    name: 'shop',
    status: 'running' as const,
    restarts: index === 0 ? 0 : 1,
    cpuPercent: 3.2 + index,
    memoryBytes: 58_300_000 + index * 1_200_000,
    startedAt: ago(startedAgo),
  }));
}

/** Staging runs 2.14.0, healthy, four commits ahead of production. */
export function staging(part: Partial<OpenEnvironment> = {}): OpenEnvironment {
  return openEnvironment({
    name: 'staging',
    observed: {
      reach: 'reached',
      askedAt: ago(10_000),
      release: { ...V214, digest: null },
      health: 'healthy',
      healthReason: null,
      processes: processes(2, 3 * HOUR),
      desiredProcesses: 2,
      keptReleases: [
        { ...V214, digest: null },
        { ...V213, digest: null },
      ],
      url: 'http://localhost:3101',
    },
    deployed: {
      release: V214,
      runId: fakeRunId('staging'),
      operation: 'deploy',
      at: ago(3 * HOUR),
      by: ANA,
    },
    ahead: {
      comparison: 'counted',
      of: 'production',
      commits: 4,
      behind: 0,
    },
    hold: null,
    stuck: null,
    may: {
      deploy: { allowed: true },
      promote: {
        allowed: false,
        reason: 'Nothing comes before staging.',
      },
      rollback: { allowed: true },
      hold: { allowed: true },
      release: { allowed: true },
    },
    ...part,
  });
}

/** Production runs 2.13.4, healthy, and may be promoted into but not deployed to. */
export function production(
  part: Partial<OpenEnvironment> = {},
): OpenEnvironment {
  return openEnvironment({
    name: 'production',
    observed: {
      reach: 'reached',
      askedAt: ago(12_000),
      release: { ...V213, digest: null },
      health: 'healthy',
      healthReason: null,
      processes: processes(3, 2 * DAY),
      desiredProcesses: 3,
      keptReleases: [
        { ...V213, digest: null },
        { ...fakeRelease('2.13.3'), digest: null },
        { ...fakeRelease('2.13.1'), digest: null },
      ],
      url: 'http://localhost:3102',
    },
    deployed: {
      release: V213,
      runId: fakeRunId('production'),
      operation: 'promote',
      at: ago(2 * DAY),
      by: RAJ,
    },
    promotesFrom: 'staging',
    hold: null,
    stuck: null,
    may: {
      deploy: {
        allowed: false,
        reason: 'production only takes promotions from staging.',
      },
      promote: { allowed: true },
      rollback: { allowed: true },
      hold: { allowed: true },
      release: { allowed: true },
    },
    ...part,
  });
}

export const STEP_TITLES = [
  'Check the host',
  'Upload the release',
  'Install dependencies',
  'Try the release on a spare port',
  'Run migrations',
  'Switch to the release',
  'Verify health',
];

export function planContent(part: Partial<PlanContent> = {}): PlanContent {
  return {
    serviceRef: SHOP,
    environment: 'production',
    operation: 'promote',
    manifest: digestSchema.parse(`sha256:${fakeHash('manifest', 64)}`),
    from: V213,
    to: V214,
    fromEnvironment: 'staging',
    commits: { direction: 'forward', items: COMMITS, total: COMMITS.length },
    artifacts: [
      {
        name: 'archive',
        from: digestSchema.parse(`sha256:${fakeHash('from', 64)}`),
        to: digestSchema.parse(`sha256:${fakeHash('to', 64)}`),
      },
    ],
    migrations: [
      {
        name: '0042_add_delivery_date.sql',
        findings: [
          {
            severity: 'warning',
            message: 'builds an index on orders without CONCURRENTLY',
            mend: 'Create it CONCURRENTLY, or expect writes to wait.',
          },
        ],
      },
    ],
    configuration: [
      { name: 'DELIVERY_API_URL', change: 'added', secret: false },
      { name: 'PAYMENT_TIMEOUT_MS', change: 'changed', secret: false },
      { name: 'DELIVERY_API_KEY', change: 'changed', secret: true },
    ],
    steps: STEP_TITLES.map((title, index) => ({ id: `step-${index}`, title })),
    findings: [],
    approvals: {
      needed: 0,
      groups: [],
      selfApproval: false,
    },
    doesNotRevert: [],
    ...part,
  };
}

export function plan(words = 'promote', part: Partial<PlanContent> = {}): Plan {
  return {
    hash: fakePlanHash(words),
    content: planContent(part),
    createdAt: ago(20_000),
    usualMs: 6 * MINUTE,
  };
}

export function steps(
  done: number,
  last: RunStep['status'] | undefined,
): RunStep[] {
  return STEP_TITLES.map((title, index) => {
    const status = statusOf(index);
    return {
      index,
      id: `step-${index}`,
      title,
      stage: 'main',
      status,
      startedAt: status === 'pending' ? null : ago((8 - index) * 20_000),
      finishedAt:
        status === 'pending' || status === 'started'
          ? null
          : ago((8 - index) * 20_000 - 14_000),
      usualMs: 12_000 + index * 3_000,
      problem: null,
    };
  });

  function statusOf(index: number): RunStep['status'] {
    if (index < done) {
      return 'succeeded';
    }
    return index === done && last ? last : 'pending';
  }
}

export function runSummary(part: Partial<RunSummary> = {}): RunSummary {
  return {
    id: fakeRunId('run'),
    serviceRef: SHOP,
    environment: 'production',
    operation: 'promote',
    from: V213,
    to: V214,
    state: { phase: 'succeeded' },
    rolledBackTo: null,
    requestedBy: ANA,
    trigger: 'person',
    reason: null,
    createdAt: ago(5 * MINUTE),
    startedAt: ago(5 * MINUTE),
    finishedAt: ago(50_000),
    ...part,
  };
}

export function run(part: Partial<Run> = {}): Run {
  return {
    ...runSummary(part),
    planHash: fakePlanHash('promote'),
    steps: steps(7, undefined),
    approvals: [],
    gates: [],
    usualMs: 6 * MINUTE,
    stuck: null,
    may: {
      approve: { allowed: true },
      cancel: { allowed: true },
      retry: { allowed: true },
      rollback: { allowed: true },
      release: { allowed: false, reason: 'This run is not stuck.' },
    },
    ...part,
  };
}

export function approval(part: Partial<Approval> = {}): Approval {
  return {
    runId: fakeRunId('run'),
    planHash: fakePlanHash('promote'),
    decision: 'approved',
    by: RAJ,
    at: ago(2 * MINUTE),
    reason: null,
    groups: [],
    voidedAt: null,
    ...part,
  };
}

/** Long after every test, so that it is always written the same: `23 Nov 2126 08:00`. */
export const UNTIL = '2126-11-23T08:00:00.000Z';

/** A gate that waits, of a run whose person may do all that can be done about it. */
export function gate(
  part: Partial<Gate> & Pick<Gate, 'id' | 'kind' | 'title'>,
): Gate {
  return {
    tickable: false,
    state: 'waiting',
    reason: '',
    until: null,
    evidence: null,
    checkedAt: ago(30_000),
    decision: null,
    may: { override: null, tick: null },
    ...part,
  };
}

export function freezeGate(part: Partial<Gate> = {}): Gate {
  return gate({
    id: 'freeze:Release week',
    kind: 'freeze',
    title: 'Release week',
    reason: 'The shop is busy before Christmas.',
    until: UNTIL,
    may: { override: { allowed: true }, tick: null },
    ...part,
  });
}

export function checkGate(name: string, part: Partial<Gate> = {}): Gate {
  return gate({
    id: `check:${name}`,
    kind: 'check',
    title: name,
    reason: `${name} is still at work.`,
    evidence: { text: 'Build 4711', url: 'https://ci.example/4711' },
    may: { override: { allowed: true }, tick: null },
    ...part,
  });
}

export function itemGate(part: Partial<Gate> = {}): Gate {
  return gate({
    id: 'checklist:support-told',
    kind: 'checklist',
    title: 'The support team was told',
    tickable: true,
    reason: 'Nobody has ticked it yet.',
    may: { override: null, tick: { allowed: true } },
    ...part,
  });
}

/** How gates of a run stand, as a plan says it. */
export function asStatus({ may: _, ...status }: Gate): GateStatus {
  return status;
}

/** What of some gates holds their run. */
export function holdingOf(gates: readonly GateStatus[]): HoldingGate[] {
  return gates
    .filter(({ state }) => !isPassed(state))
    .map(({ id, kind, title, state, reason, until }) => ({
      id,
      kind,
      title,
      state,
      reason,
      until,
    }));
}

/** A run that waits for some gates. */
export function gatedRun(gates: Gate[], part: Partial<Run> = {}): Run {
  return run({
    state: { phase: 'waiting-for-gates', holding: holdingOf(gates) },
    gates,
    startedAt: null,
    finishedAt: null,
    ...part,
  });
}

export function hold(part: Partial<Hold> = {}): Hold {
  return {
    by: RAJ,
    at: ago(2 * HOUR),
    reason: 'Load test.',
    runId: null,
    ...part,
  };
}

export function stuck(part: Partial<Stuck> = {}): Stuck {
  return {
    runId: fakeRunId('stuck'),
    requestedBy: RAJ,
    since: ago(2 * HOUR),
    why: '“Run migrations” has given no sign for 2 h, and may take 10 m.',
    mend: 'Look at what runs there, then release the environment.',
    ...part,
  };
}

/** A log of `count` lines, spread over the steps. */
export function logLines(
  count: number,
  text: (line: number) => string = line => `line ${line} of the log`,
): LogLine[] {
  return Array.from({ length: count }, (_, index) => ({
    line: index + 1,
    step: Math.min(
      STEP_TITLES.length - 1,
      Math.floor((index / count) * STEP_TITLES.length),
    ),
    at: ago((count - index) * 100),
    stream: 'stdout',
    text: text(index + 1),
  }));
}
