import { GithubRepository } from './GithubRepository';

/** GitHub answered, but not with what it was asked for. Its message is a sentence for people. */
export class GithubRefusal extends Error {
  override readonly name = 'GithubRefusal';

  constructor(options: {
    status: number;
    headers: Record<string, unknown>;
    repository: GithubRepository;
  }) {
    super(explain(options));
  }
}

function explain(options: {
  status: number;
  headers: Record<string, unknown>;
  repository: GithubRepository;
}): string {
  const { status, headers } = options;
  const { host, owner, name } = options.repository;
  const repository = `${owner}/${name}`;
  if (isRateLimit(status, headers)) {
    const until = readLimitEnd(headers);
    return `${host} answers no more questions of the portal ${until ? `until ${until}` : 'for a while'}: its rate limit is used up. A GitHub App, or a token, in \`integrations.github\` in app-config has a higher one.`;
  }
  switch (status) {
    case 301:
    case 302:
    case 307:
    case 308:
      return `${repository} is no longer under this name on ${host}. Write its present URL as \`repository\` in the manifest, or as the component’s source location.`;
    case 401:
      return `${host} does not accept the portal’s credentials. Administrators renew them in \`integrations.github\` in app-config.`;
    case 403:
      return `The portal may not read the checks of ${repository} on ${host}. Administrators give its credentials in \`integrations.github\` read access to “Checks” and “Commit statuses”.`;
    case 404:
    case 422:
      return `${host} has no such commit in ${repository}, or does not let the portal see it. Push the commit; for a private repository administrators give the portal’s credentials in \`integrations.github\` access to it.`;
    default:
      return `${host} answers with ${status}. It is asked again.`;
  }
}

/** GitHub says 403 of both a missing permission and a limit that is used up. */
function isRateLimit(
  status: number,
  headers: Record<string, unknown>,
): boolean {
  return (
    status === 429 ||
    (status === 403 &&
      (headers['retry-after'] !== undefined ||
        headers['x-ratelimit-remaining'] === '0'))
  );
}

/** When the portal may ask again, for people; undefined where GitHub does not tell. */
function readLimitEnd(headers: Record<string, unknown>): string | undefined {
  const end = new Date(
    headers['retry-after'] === undefined
      ? Number(headers['x-ratelimit-reset']) * 1_000
      : Date.now() + Number(headers['retry-after']) * 1_000,
  );
  return Number.isNaN(end.getTime())
    ? undefined
    : `${end.toISOString().slice(11, 16)} UTC`;
}
