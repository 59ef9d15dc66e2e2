import { useEntityPresentation } from '@backstage/plugin-catalog-react';

const ENTITY_REF = /^[^:/]+:[^:/]+\/[^:/]+$/;

/** Who did something: a person's name as the catalog knows it, or a system's name as it is. */
export function PersonName({ by }: { by: string }) {
  return ENTITY_REF.test(by) ? <EntityName entityRef={by} /> : <>{by}</>;
}

function EntityName({ entityRef }: { entityRef: string }) {
  const { primaryTitle } = useEntityPresentation(entityRef);
  return <>{primaryTitle}</>;
}
