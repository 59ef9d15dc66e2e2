import { AuthService } from '@backstage/backend-plugin-api';
import { CatalogService } from '@backstage/plugin-catalog-node';
import { listOwners } from '../listOwners';
import { parseEnvironmentRef } from './environmentRef';
import { EnvironmentResource } from './rules';

/** Loads what the rules look at, in the order asked; undefined where the catalog has no such component. */
export async function loadEnvironmentResources(options: {
  resourceRefs: readonly string[];
  catalog: CatalogService;
  auth: AuthService;
}): Promise<Array<EnvironmentResource | undefined>> {
  const refs = options.resourceRefs.map(parseEnvironmentRef);
  const entityRefs = [
    ...new Set(refs.flatMap(ref => (ref ? [ref.serviceRef] : []))),
  ];
  const { items } = await options.catalog.getEntitiesByRefs(
    { entityRefs, fields: ['kind', 'metadata', 'relations'] },
    { credentials: await options.auth.getOwnServiceCredentials() },
  );
  const owners = new Map(
    entityRefs.flatMap((ref, i) => {
      const entity = items[i];
      return entity ? [[ref, listOwners(entity)] as const] : [];
    }),
  );
  return refs.map(ref => {
    const known = ref && owners.get(ref.serviceRef);
    return known && { ...ref, owners: known };
  });
}
