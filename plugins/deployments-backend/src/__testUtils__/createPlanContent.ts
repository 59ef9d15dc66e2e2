import {
  PlanContent,
  planContentSchema,
} from '@slipway/plugin-deployments-common';

/** A plan with something in every place. */
export function createPlanContent(
  overrides: Partial<PlanContent> = {},
): PlanContent {
  const commit = (digit: string, subject: string) => ({
    id: digit.repeat(40),
    subject,
    author: 'Ana',
    committedAt: '2026-11-20T10:00:00.000Z',
  });
  return {
    ...planContentSchema.parse({
      serviceRef: 'component:default/shop',
      environment: 'production',
      operation: 'promote',
      manifest: `sha256:${'a'.repeat(64)}`,
      from: {
        id: '6f2c1e0a-2d5b-4c39-9d63-0c1a2b3c4d51',
        version: '2.13.4',
        commitId: '1'.repeat(40),
      },
      to: {
        id: '6f2c1e0a-2d5b-4c39-9d63-0c1a2b3c4d52',
        version: '2.14.0',
        commitId: '3'.repeat(40),
      },
      fromEnvironment: 'staging',
      commits: {
        direction: 'forward',
        items: [commit('3', 'Add pay'), commit('2', 'Fix cart')],
        total: 2,
      },
      artifacts: [
        {
          name: 'archive',
          from: `sha256:${'1'.repeat(64)}`,
          to: `sha256:${'3'.repeat(64)}`,
        },
      ],
      migrations: [
        {
          name: '0042_drop_note.sql',
          findings: [{ severity: 'warning', message: 'drops orders.note' }],
        },
      ],
      configuration: [{ name: 'PAY_URL', change: 'added', secret: false }],
      steps: [
        { id: 'upload', title: 'Upload release' },
        { id: 'switch', title: 'Switch' },
      ],
      findings: [
        { severity: 'warning', message: 'staging is degraded', mend: 'Look.' },
      ],
      approvals: {
        needed: 1,
        groups: ['group:default/payments-ops'],
        selfApproval: false,
      },
      doesNotRevert: ['The database stays as it is.'],
    }),
    ...overrides,
  };
}
