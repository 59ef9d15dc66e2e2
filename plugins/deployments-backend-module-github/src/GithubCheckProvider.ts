import {
  DefaultGithubCredentialsProvider,
  GithubCredentialsProvider,
  ScmIntegrationRegistry,
} from '@backstage/integration';
import {
  CheckContext,
  CheckProvider,
  CheckResult,
} from '@slipway/plugin-deployments-node';
import { foldReports } from './foldReports';
import { GithubCommit } from './GithubCommit';
import { GithubRefusal } from './GithubRefusal';
import { GithubRepository, readRepositoryUrl } from './GithubRepository';
import { Parameters, parametersSchema } from './parameters';

/**
 * Asks GitHub, with the portal's own credentials, what is reported of the commit that is to be deployed: in the service's
 * own repository, and on the hosts that administrators name in `integrations.github`, nowhere else.
 */
export class GithubCheckProvider implements CheckProvider<Parameters> {
  readonly kind = 'github';
  readonly parametersSchema = parametersSchema;
  readonly #integrations: ScmIntegrationRegistry;
  readonly #credentials: GithubCredentialsProvider;

  constructor(options: { integrations: ScmIntegrationRegistry }) {
    this.#integrations = options.integrations;
    this.#credentials = DefaultGithubCredentialsProvider.fromIntegrations(
      options.integrations,
    );
  }

  async check(context: CheckContext<Parameters>): Promise<CheckResult> {
    const { parameters, release, logger, signal } = context;
    const repository = readRepositoryUrl(context.repository);
    if (!repository) {
      return fail(
        'The service’s repository is not one of GitHub’s: those are https://HOST/OWNER/NAME.',
      );
    }
    const { host, owner, name } = repository;
    const integration = this.#integrations.github.byHost(host);
    if (!integration) {
      return fail(
        `The portal knows no GitHub at ${host}. Administrators name it in \`integrations.github\` in app-config.`,
      );
    }
    const { apiBaseUrl } = integration.config;
    if (apiBaseUrl === undefined) {
      return fail(
        `It is not known where the API of ${host} is. Administrators add \`apiBaseUrl\` to it in \`integrations.github\` in app-config.`,
      );
    }
    const { id } = release.commit;
    const evidence = {
      text: `${owner}/${name}@${id.slice(0, 7)}`,
      url: `https://${host}/${owner}/${name}/commit/${id}/checks`,
    };
    try {
      const commit = new GithubCommit({
        apiBaseUrl,
        token: await this.#findToken(repository),
        repository,
        id,
        logger,
        signal,
      });
      const reports = await Promise.all([
        commit.listCheckRuns(),
        // Of these GitHub does not tell which app wrote them.
        parameters.app === undefined ? commit.listStatuses() : [],
      ]);
      return { ...foldReports(reports.flat(), parameters), evidence };
    } catch (error) {
      if (error instanceof GithubRefusal) {
        return { state: 'pending', reason: error.message, evidence };
      }
      // People see the message alone: what lies behind it may name what they need not know.
      logger.warn(`The checks of ${owner}/${name} could not be read`, {
        cause: describeCause(error),
      });
      throw error;
    }
  }

  async #findToken({
    host,
    owner,
    name,
  }: GithubRepository): Promise<string | undefined> {
    try {
      const { token } = await this.#credentials.getCredentials({
        url: `https://${host}/${owner}/${name}`,
      });
      return token;
    } catch (error) {
      throw new Error(
        `The portal gets no credentials for ${owner}/${name} on ${host}. Administrators install its GitHub App there, or mend what \`integrations.github\` in app-config says of it.`,
        { cause: error },
      );
    }
  }
}

function fail(reason: string): CheckResult {
  return { state: 'failed', reason, evidence: null };
}

function describeCause(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
