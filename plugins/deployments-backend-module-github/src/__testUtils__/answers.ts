import type { components, operations } from '@octokit/openapi-types';

type Answer<T extends keyof operations> = operations[T] extends {
  responses: { 200: { content: { 'application/json': infer Body } } };
}
  ? Body
  : never;

/** As GitHub publishes them; the repository that goes with a combined status is left out. */
export type CheckRunsAnswer = Answer<'checks/list-for-ref'>;
export type CombinedStatusAnswer = Omit<
  Answer<'repos/get-combined-status-for-ref'>,
  'repository'
>;
export type CheckRun = components['schemas']['check-run'];
export type CommitStatus = components['schemas']['simple-commit-status'];

const AT = '2026-11-20T10:00:00Z';

/** A check run as GitHub shows it. */
export function createCheckRun(options: {
  api: string;
  sha: string;
  id: number;
  name: string;
  /** Slug of an app; null for one that is not there any more. */
  app: string | null;
  status: CheckRun['status'];
  conclusion: CheckRun['conclusion'];
  completedAt: string | null;
}): CheckRun {
  const { api, sha, id, name, app, status, conclusion } = options;
  const url = `${api}/repos/acme/shop/check-runs/${id}`;
  return {
    id,
    head_sha: sha,
    node_id: `CR_${id}`,
    external_id: null,
    url,
    html_url: `https://github.test/acme/shop/runs/${id}`,
    details_url: 'https://ci.test',
    status,
    conclusion,
    started_at: AT,
    completed_at: options.completedAt,
    output: {
      title: null,
      summary: null,
      text: null,
      annotations_count: 0,
      annotations_url: `${url}/annotations`,
    },
    name,
    check_suite: { id: 1 },
    app: app === null ? null : createApp(app),
    pull_requests: [],
  };
}

/** A commit status as a combined status has it. */
export function createStatus(options: {
  api: string;
  sha: string;
  id: number;
  context: string;
  state: string;
}): CommitStatus {
  const { api, sha, id, context, state } = options;
  return {
    url: `${api}/repos/acme/shop/statuses/${sha}`,
    avatar_url: null,
    id,
    node_id: `SC_${id}`,
    state,
    description: null,
    target_url: null,
    context,
    created_at: AT,
    updated_at: AT,
  };
}

function createApp(slug: string): CheckRun['app'] {
  return {
    id: 1,
    slug,
    node_id: 'A_1',
    owner: {
      id: 1,
      node_id: 'E_1',
      name: 'Acme',
      slug: 'acme',
      html_url: 'https://github.test/enterprises/acme',
      created_at: AT,
      updated_at: AT,
      avatar_url: 'https://github.test/avatar',
    },
    name: slug,
    description: null,
    external_url: 'https://ci.test',
    html_url: `https://github.test/apps/${slug}`,
    created_at: AT,
    updated_at: AT,
    permissions: { checks: 'write' },
    events: [],
  };
}
