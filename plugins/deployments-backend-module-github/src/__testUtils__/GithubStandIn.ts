import { once } from 'node:events';
import {
  createServer,
  IncomingMessage,
  OutgoingHttpHeaders,
  Server,
  ServerResponse,
} from 'node:http';
import { AddressInfo } from 'node:net';
import {
  CheckRun,
  CheckRunsAnswer,
  CombinedStatusAnswer,
  CommitStatus,
  createCheckRun,
  createStatus,
} from './answers';

const ROUTE =
  /^\/repos\/(?<repository>[^/]+\/[^/]+)\/commits\/(?<sha>[^/]+)\/(?<what>check-runs|status)$/;

/** What an app says; without a conclusion the run has not ended. */
export type ReportedRun = {
  name: string;
  app?: string | null;
  status?: CheckRun['status'];
  conclusion?: CheckRun['conclusion'];
  /** Apps may say what they like. */
  completedAt?: string;
};

type Commit = { sha: string; runs: CheckRun[]; statuses: CommitStatus[] };

/** What GitHub's REST API says of commits, on this machine: pages with links, credentials, and refusals. */
export class GithubStandIn {
  readonly #server: Server;
  readonly #commits = new Map<string, Map<string, Commit>>();
  #ids = 0;
  #refusal: { status: number; headers: OutgoingHttpHeaders } | undefined;
  #held: ((response: ServerResponse) => void) | undefined;

  /** Paths and tokens of all that was asked. */
  readonly asked: Array<{ path: string; token: string | undefined }> = [];
  /** The only token that it accepts; without one anybody may ask. */
  token: string | undefined;
  /** Where the links to other pages lead; to itself unless told. */
  linksLeadTo: string | undefined;

  private constructor() {
    this.#server = createServer((request, response) =>
      this.#answer(request, response),
    );
  }

  static async start(): Promise<GithubStandIn> {
    const standIn = new GithubStandIn();
    standIn.#server.listen(0, '127.0.0.1');
    await once(standIn.#server, 'listening');
    return standIn;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  get apiBaseUrl(): string {
    const { port } = this.#server.address() as AddressInfo;
    return `http://127.0.0.1:${port}`;
  }

  /** Forgets what was pushed, reported and asked. */
  reset(): void {
    this.#commits.clear();
    this.asked.length = 0;
    this.#refusal = undefined;
    this.#held = undefined;
    this.token = undefined;
    this.linksLeadTo = undefined;
  }

  /** A commit is there, under its hash or also under the name of a branch. */
  push(repository: string, sha: string, ref = sha): void {
    const commits = this.#commits.get(repository) ?? new Map<string, Commit>();
    this.#commits.set(
      repository,
      commits.set(ref, { sha, runs: [], statuses: [] }),
    );
  }

  reportRun(repository: string, sha: string, run: ReportedRun): void {
    const { name, app = 'github-actions', conclusion = null } = run;
    const status =
      run.status ?? (conclusion === null ? 'in_progress' : 'completed');
    const commit = this.#require(repository, sha);
    commit.runs.push(
      createCheckRun({
        api: this.apiBaseUrl,
        sha: commit.sha,
        id: ++this.#ids,
        name,
        app,
        status,
        conclusion,
        completedAt:
          status === 'completed'
            ? (run.completedAt ?? '2026-11-20T10:05:00Z')
            : null,
      }),
    );
  }

  reportStatus(
    repository: string,
    sha: string,
    status: { context: string; state: string },
  ): void {
    this.#require(repository, sha).statuses.push(
      createStatus({
        api: this.apiBaseUrl,
        sha,
        id: ++this.#ids,
        ...status,
      }),
    );
  }

  /** All that is asked from now on is refused. */
  refuse(status: number, headers: OutgoingHttpHeaders = {}): void {
    this.#refusal = { status, headers };
  }

  /** Leaves questions without an answer; resolves with the first one's connection when it has come. */
  hold(): Promise<ServerResponse> {
    return new Promise(resolve => {
      this.#held = resolve;
    });
  }

  #require(repository: string, sha: string): Commit {
    const commit = this.#commits.get(repository)?.get(sha);
    if (!commit) {
      throw new Error(`${sha} was not pushed to ${repository}`);
    }
    return commit;
  }

  #answer(request: IncomingMessage, response: ServerResponse): void {
    const url = new URL(request.url ?? '', this.apiBaseUrl);
    const token = request.headers.authorization?.replace(/^token /, '');
    this.asked.push({ path: url.pathname, token });
    if (this.#held) {
      this.#held(response);
      return;
    }
    if (this.#refusal) {
      const { status, headers } = this.#refusal;
      send(response, status, { message: 'No' }, headers);
      return;
    }
    if (token !== this.token) {
      send(response, 401, { message: 'Bad credentials' });
      return;
    }
    const { repository, sha, what } = ROUTE.exec(url.pathname)?.groups ?? {};
    const commits = this.#commits.get(repository);
    if (!commits) {
      send(response, 404, { message: 'Not Found' });
      return;
    }
    const commit = commits.get(sha);
    if (!commit) {
      send(response, 422, { message: `No commit found for SHA: ${sha}` });
      return;
    }
    if (what === 'check-runs') {
      const runs =
        url.searchParams.get('filter') === 'all'
          ? commit.runs
          : keepLatest(commit.runs);
      const { items, headers } = this.#paginate(runs, url);
      const body: CheckRunsAnswer = {
        total_count: runs.length,
        check_runs: items,
      };
      send(response, 200, body, headers);
      return;
    }
    const statuses = keepLast(commit.statuses);
    const { items, headers } = this.#paginate(statuses, url);
    const body: CombinedStatusAnswer = {
      state: combine(statuses),
      statuses: items,
      sha: commit.sha,
      total_count: statuses.length,
      commit_url: `${this.apiBaseUrl}/repos/${repository}/commits/${sha}`,
      url: `${url.origin}${url.pathname}`,
    };
    send(response, 200, body, headers);
  }

  /** One page, and the links to those around it. */
  #paginate<T>(
    all: readonly T[],
    url: URL,
  ): { items: T[]; headers: OutgoingHttpHeaders } {
    const size = Math.min(Number(url.searchParams.get('per_page') ?? 30), 100);
    const page = Number(url.searchParams.get('page') ?? 1);
    const last = Math.max(1, Math.ceil(all.length / size));
    const link = (to: number, rel: string) => {
      const target = new URL(
        url.pathname + url.search,
        this.linksLeadTo ?? this.apiBaseUrl,
      );
      target.searchParams.set('page', String(to));
      return `<${target.href}>; rel="${rel}"`;
    };
    const links = [
      ...(page > 1 ? [link(page - 1, 'prev')] : []),
      ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
    ];
    return {
      items: all.slice((page - 1) * size, page * size),
      headers: links.length > 0 ? { link: links.join(', ') } : {},
    };
  }
}

function send(
  response: ServerResponse,
  status: number,
  body: object,
  headers: OutgoingHttpHeaders = {},
): void {
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    ...headers,
  });
  response.end(JSON.stringify(body));
}

/** What GitHub does unless it is asked for all: of each name the run that says that it ended last. */
function keepLatest(runs: readonly CheckRun[]): CheckRun[] {
  const latest = new Map<string, CheckRun>();
  for (const run of runs) {
    const key = JSON.stringify([run.app?.slug, run.name]);
    const other = latest.get(key);
    if (
      other === undefined ||
      (run.completed_at ?? '') > (other.completed_at ?? '')
    ) {
      latest.set(key, run);
    }
  }
  return [...latest.values()];
}

function keepLast(statuses: readonly CommitStatus[]): CommitStatus[] {
  return [
    ...new Map(statuses.map(status => [status.context, status])).values(),
  ];
}

function combine(statuses: readonly CommitStatus[]): string {
  const states = new Set(statuses.map(({ state }) => state));
  if (states.has('error') || states.has('failure')) {
    return 'failure';
  }
  return states.size === 1 && states.has('success') ? 'success' : 'pending';
}
