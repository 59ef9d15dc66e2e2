import { ServiceRef } from '@slipway/plugin-deployments-common';
import {
  ManifestProblem,
  ManifestStatus,
} from '@slipway/plugin-deployments-common';
import { Manifest, TargetEnvironment } from '@slipway/plugin-deployments-node';

/** A catalog component, and what its manifest says; `environments` are in promotion order, with minimum protection applied. */
export type Service = {
  serviceRef: ServiceRef;
  /** Full entity references of those who own the component. */
  owners: readonly string[];
} & (
  | {
      status: 'valid';
      url: string;
      manifest: Manifest;
      /** Git URL of the source. */
      repository: string;
      environments: readonly TargetEnvironment[];
    }
  | { status: 'invalid'; url: string; problems: ManifestProblem[] }
  | { status: 'missing'; message: string; mend: string }
  /** Whether there is a manifest cannot be told at the moment: its forge does not answer, say. */
  | { status: 'unread'; url: string; message: string; mend: string }
);

export type ValidService = Extract<Service, { status: 'valid' }>;

/** What people see of a service's manifest. */
export function toManifestStatus(service: Service): ManifestStatus {
  switch (service.status) {
    case 'valid':
      return { status: 'valid', url: service.url };
    case 'invalid':
      return {
        status: 'invalid',
        url: service.url,
        problems: service.problems,
      };
    case 'missing':
    case 'unread':
      return {
        status: 'missing',
        message: service.message,
        mend: service.mend,
      };
    default:
      return service satisfies never;
  }
}
