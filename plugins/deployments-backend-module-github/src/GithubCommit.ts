import { LoggerService } from '@backstage/backend-plugin-api';
import { Octokit } from '@octokit/rest';
import { z } from 'zod';
import { GithubRefusal } from './GithubRefusal';
import { GithubRepository } from './GithubRepository';
import { judgeCheckRun, judgeCommitStatus, Report } from './Report';

/** The most that GitHub puts on one page. */
const PAGE_SIZE = 100;

/** A commit with more than these is not judged: what is left out might be red. */
const MAX_PAGES = 20;

const checkRunsSchema = z.object({
  check_runs: z.array(
    z.object({
      id: z.number(),
      head_sha: z.string(),
      name: z.string(),
      status: z.string(),
      conclusion: z.string().nullable(),
      app: z.object({ slug: z.string().optional() }).nullable(),
    }),
  ),
});

const combinedStatusSchema = z.object({
  sha: z.string(),
  statuses: z.array(
    z.object({ id: z.number(), context: z.string(), state: z.string() }),
  ),
});

const refusalSchema = z.object({
  status: z.number(),
  response: z.object({ headers: z.record(z.string(), z.unknown()) }),
});

/** The part of an Octokit response that is looked at, less what its types promise. */
type Answer = {
  status: number;
  headers: Record<string, unknown>;
  data: unknown;
};

/** One commit on GitHub, and what is reported of it there. */
export class GithubCommit {
  readonly #octokit: Octokit;
  readonly #repository: GithubRepository;
  readonly #id: string;

  constructor(options: {
    apiBaseUrl: string;
    /** Without one GitHub is asked as anybody may ask it. */
    token: string | undefined;
    repository: GithubRepository;
    /** All of the commit's hash. */
    id: string;
    logger: LoggerService;
    signal: AbortSignal;
  }) {
    const { apiBaseUrl, token, logger, signal } = options;
    this.#repository = options.repository;
    this.#id = options.id;
    this.#octokit = new Octokit({
      baseUrl: apiBaseUrl,
      auth: token,
      userAgent: 'slipway',
      log: {
        debug: () => {},
        info: () => {},
        warn: message => logger.warn(message),
        error: message => logger.error(message),
      },
      // Nothing that an answer says leads the portal's credentials elsewhere.
      request: { fetch, signal, redirect: 'manual' },
    });
  }

  /** @throws GithubRefusal, and an Error where GitHub does not answer or its answer cannot be understood. */
  async listCheckRuns(): Promise<Report[]> {
    // The newest of a name is told by its number: GitHub's own filter goes by times that apps write.
    return this.#readPages(
      page => this.#octokit.rest.checks.listForRef({ ...page, filter: 'all' }),
      data =>
        checkRunsSchema.parse(data).check_runs.map(run => {
          this.#expectCommit(run.head_sha);
          return {
            kind: 'check-run',
            id: run.id,
            name: run.name,
            app: run.app?.slug ?? null,
            ...judgeCheckRun(run),
          };
        }),
    );
  }

  /** @throws as {@link listCheckRuns}. */
  async listStatuses(): Promise<Report[]> {
    return this.#readPages(
      page => this.#octokit.rest.repos.getCombinedStatusForRef(page),
      data => {
        const { sha, statuses } = combinedStatusSchema.parse(data);
        this.#expectCommit(sha);
        return statuses.map(({ id, context, state }) => ({
          kind: 'commit-status',
          id,
          name: context,
          app: null,
          ...judgeCommitStatus(state),
        }));
      },
    );
  }

  async #readPages(
    ask: (page: {
      owner: string;
      repo: string;
      ref: string;
      per_page: number;
      page: number;
    }) => Promise<Answer>,
    read: (data: unknown) => Report[],
  ): Promise<Report[]> {
    const { host, owner, name } = this.#repository;
    const reports: Report[] = [];
    for (let page = 1; page <= MAX_PAGES; page++) {
      const { data, headers } = await this.#request(() =>
        ask({ owner, repo: name, ref: this.#id, per_page: PAGE_SIZE, page }),
      );
      try {
        reports.push(...read(data));
      } catch (error) {
        throw new Error(`The answer of ${host} cannot be understood.`, {
          cause: error,
        });
      }
      if (!/\brel="?next\b/.test(String(headers.link ?? ''))) {
        return reports;
      }
    }
    throw new Error(
      `The commit has more than ${MAX_PAGES * PAGE_SIZE} checks on ${host}, too many to judge.`,
    );
  }

  async #request(ask: () => Promise<Answer>): Promise<Answer> {
    const repository = this.#repository;
    let answer: Answer;
    try {
      answer = await ask();
    } catch (error) {
      const { data: refusal } = refusalSchema.safeParse(error);
      if (refusal) {
        const { status, response } = refusal;
        throw new GithubRefusal({ ...response, status, repository });
      }
      throw new Error(`${repository.host} does not answer.`, { cause: error });
    }
    const { status, headers } = answer;
    if (status !== 200) {
      throw new GithubRefusal({ status, headers, repository });
    }
    return answer;
  }

  #expectCommit(id: string): void {
    if (id !== this.#id) {
      throw new Error(`It speaks of the commit ${id}`);
    }
  }
}
