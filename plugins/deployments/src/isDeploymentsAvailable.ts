import { Entity } from '@backstage/catalog-model';
import { MANIFEST_ANNOTATION } from '@slipway/plugin-deployments-common';

/** Whether an entity is a service: a component whose annotation says where its deployment manifest lies. */
export function isDeploymentsAvailable(entity: Entity): boolean {
  return (
    entity.kind.toLocaleLowerCase('en-US') === 'component' &&
    Boolean(entity.metadata.annotations?.[MANIFEST_ANNOTATION])
  );
}
