/** A repository as GitHub knows it. The host has its port, where the URL is one of HTTP and has one. */
export type GithubRepository = { host: string; owner: string; name: string };

const HOST = '[A-Za-z0-9][A-Za-z0-9.-]{0,252}';
const PORT = '(?::\\d{1,5})?';
const USER = '(?:[A-Za-z0-9._-]+@)?';
const PATH =
  '(?<owner>[A-Za-z0-9][A-Za-z0-9_-]{0,99})/(?<name>[A-Za-z0-9._-]{1,100}?)(?:\\.git)?/?';

const FORMS = [
  new RegExp(`^https?://${USER}(?<host>${HOST}${PORT})/${PATH}$`),
  // A port of SSH says nothing of where the API is.
  new RegExp(`^ssh://${USER}(?<host>${HOST})${PORT}/${PATH}$`),
  new RegExp(`^${USER}(?<host>${HOST}):/?${PATH}$`),
];

/** Reads a git URL in one of GitHub's own forms; undefined for whatever else there is. */
export function readRepositoryUrl(url: string): GithubRepository | undefined {
  const { host, owner, name } =
    FORMS.map(form => form.exec(url)?.groups).find(Boolean) ?? {};
  return host === undefined || name === '.' || name === '..'
    ? undefined
    : { host: host.toLowerCase(), owner, name };
}
