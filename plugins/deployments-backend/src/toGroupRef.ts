import { parseEntityRef, stringifyEntityRef } from '@backstage/catalog-model';

/**
 * The full entity reference of what people write for short: `ops` stands for `group:default/ops`.
 *
 * @throws TypeError for what is no entity reference.
 */
export function toGroupRef(ref: string): string {
  return stringifyEntityRef(
    parseEntityRef(ref, { defaultKind: 'group', defaultNamespace: 'default' }),
  );
}
