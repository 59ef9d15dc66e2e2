/**
 * Where a component's deployment manifest lies: an absolute URL, or a path relative to the
 * component's source location. A component with this annotation is a service.
 */
export const MANIFEST_ANNOTATION = 'slipway.dev/manifest';

/** The signal that tells the screens to read again; its messages are of {@link DeploymentsSignal}. */
export const DEPLOYMENTS_SIGNAL_CHANNEL = 'deployments:changed';

/** Something of a service changed. It carries no data: who listens reads again, with their own permissions. */
export type DeploymentsSignal = {
  serviceRef: string;
  runId: string | null;
};
