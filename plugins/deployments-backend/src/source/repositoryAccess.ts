/** Where a git URL leads, however it is written. */
type RepositoryPlace = {
  protocol: string;
  user: string;
  /** With its port, where that is not the usual one. */
  host: string;
  /** Decoded, and without `.git` at the end. */
  path: readonly string[];
};

/** A repository that manifests may name, or with `below` all that lie below a place; `*` stands for all there are. */
export type RepositoryPattern = '*' | (RepositoryPlace & { below: boolean });

const SCP_LIKE = /^(?:([\w.-]+)@)?([A-Za-z0-9][A-Za-z0-9.-]*):(?!\/\/)\/?(.+)$/;

const USUAL_PORTS: Readonly<Record<string, string>> = {
  ssh: '22',
  git: '9418',
};

/** Reads an entry of `deployments.source.allow`; undefined where it is none. */
export function readRepositoryPattern(
  text: string,
): RepositoryPattern | undefined {
  if (text === '*') {
    return text;
  }
  const place = readPlace(text);
  if (!place) {
    return undefined;
  }
  // `*.git` looks like one repository's name, and would be read as all there are.
  const below = /\/\*\/?$/.test(text) && place.path.at(-1) === '*';
  const path = below ? place.path.slice(0, -1) : place.path;
  return [place.host, ...path].some(part => part.includes('*'))
    ? undefined
    : { ...place, path, below };
}

/**
 * Whether a manifest may name a repository: one that `allow` has, or, as long as app-config says nothing, the one in which
 * the manifest itself lies. Urls are compared by their parts, and what could be read in two ways is refused.
 */
export function mayNameRepository(options: {
  repository: string;
  manifestUrl: string;
  allow: readonly RepositoryPattern[] | undefined;
}): boolean {
  const { manifestUrl, allow } = options;
  const repository = readPlace(options.repository);
  if (allow) {
    return allow.some(
      pattern =>
        pattern === '*' || (repository && matches(repository, pattern)),
    );
  }
  const manifest = readPlace(manifestUrl.replace(/[?#].*$/s, ''));
  return (
    repository !== undefined &&
    manifest !== undefined &&
    isSameForge(repository, manifest) &&
    beginsWith(manifest.path, repository.path)
  );
}

function matches(
  place: RepositoryPlace,
  pattern: Exclude<RepositoryPattern, '*'>,
): boolean {
  return (
    place.protocol === pattern.protocol &&
    place.user === pattern.user &&
    place.host === pattern.host &&
    (pattern.below
      ? place.path.length > pattern.path.length
      : place.path.length === pattern.path.length) &&
    beginsWith(place.path, pattern.path)
  );
}

/** Forges serve the same repositories over https and, under the user `git` and the usual port, over ssh. */
function isSameForge(
  repository: RepositoryPlace,
  manifest: RepositoryPlace,
): boolean {
  const { protocol, user, host, path } = repository;
  return (
    path.length > 0 &&
    host === manifest.host &&
    (protocol === manifest.protocol
      ? user === manifest.user
      : protocol === 'ssh' && user === 'git' && manifest.protocol === 'https')
  );
}

function beginsWith(
  path: readonly string[],
  start: readonly string[],
): boolean {
  return start.every((part, i) => part === path[i]);
}

/** Undefined where the URL is none, or one that git and a URL parser could understand differently. */
function readPlace(url: string): RepositoryPlace | undefined {
  const isShort = !url.includes('://');
  const whole = isShort ? url.replace(SCP_LIKE, 'ssh://$1@$2/$3') : url;
  if (/[\\?#\s]|\p{Cc}/u.test(whole) || !URL.canParse(whole)) {
    return undefined;
  }
  const parsed = new URL(whole);
  // Git hands a short form's path on as it is written, and a host to a program that may know other names than a URL parser.
  if ((isShort && url.includes('%')) || !hasHostAsWritten(whole, parsed)) {
    return undefined;
  }
  const protocol = parsed.protocol.slice(0, -1);
  const parts = readPath(whole);
  if (!parts || parsed.password !== '') {
    return undefined;
  }
  const port =
    parsed.port === USUAL_PORTS[protocol] || parsed.port === ''
      ? ''
      : `:${parsed.port}`;
  return {
    protocol,
    user: parsed.username,
    host: `${parsed.hostname.toLowerCase()}${port}`,
    path: parts,
  };
}

/** Whether the host is of plain letters, and no parser made another name of it. */
function hasHostAsWritten(url: string, { hostname }: URL): boolean {
  const [, written = ''] =
    /^[^:]+:\/\/(?:[^/@]*@)?(\[[^\]/]*\]|[^/:]*)/.exec(url) ?? [];
  return written.toLowerCase() === hostname.toLowerCase();
}

/** The parts of the path as it is written, before a parser could shorten it. */
function readPath(url: string): string[] | undefined {
  const written = url.replace(/^[^:]+:\/\/[^/]*\/?/, '').replace(/\/$/, '');
  if (written === '') {
    return [];
  }
  try {
    const parts = written
      .replace(/\.git$/, '')
      .split('/')
      .map(decodeURIComponent);
    return parts.every(isPlainPart) ? parts : undefined;
  } catch {
    return undefined;
  }
}

function isPlainPart(part: string): boolean {
  return !['', '.', '..'].includes(part) && !/[/\\%]|\p{Cc}/u.test(part);
}
