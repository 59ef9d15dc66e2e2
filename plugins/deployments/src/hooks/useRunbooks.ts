import { useEntity } from '@backstage/plugin-catalog-react';

/** What to read when something went wrong. */
export type Runbook = { url: string; title: string | undefined };

/** The runbooks of the service: the links of its catalog entity that are of the type `runbook`. */
export function useRunbooks(): Runbook[] {
  const { entity } = useEntity();
  const links = entity.metadata.links ?? [];
  return links
    .filter(({ type, url }) => type === 'runbook' && isWebAddress(url))
    .map(({ url, title }) => ({ url, title }));
}

/** Entities come from many repositories: an address that is a script must not become a link. */
function isWebAddress(url: string): boolean {
  return /^https?:\/\//i.test(url);
}
