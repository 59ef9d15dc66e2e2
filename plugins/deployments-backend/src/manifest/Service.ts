import { ServiceRef } from '@slipway/plugin-deployments-common';
import {
  ManifestProblem,
  ManifestStatus,
} from '@slipway/plugin-deployments-common';
import { Manifest, TargetEnvironment } from '@slipway/plugin-deployments-node';

type Component = {
  serviceRef: ServiceRef;
  /** Full entity references of those who own the component. */
  owners: readonly string[];
};

/** A service whose manifest says all that it has to; `environments` are in promotion order, with minimum protection applied. */
export type ValidService = Component & {
  status: 'valid';
  url: string;
  manifest: Manifest;
  /** Git URL of the source. */
  repository: string;
  environments: readonly TargetEnvironment[];
};

/** A catalog component, and what its manifest says. */
export type Service =
  | ValidService
  | (Component &
      (
        | {
            status: 'invalid';
            url: string;
            problems: ManifestProblem[];
            lastValid: ValidService | null;
          }
        /** A forge says the same of a file that was taken away, and of one that the portal may not read any more. */
        | {
            status: 'missing';
            message: string;
            mend: string;
            lastValid: ValidService | null;
          }
        /** Whether there is a manifest cannot be told at the moment: its forge does not answer, say. */
        | {
            status: 'unread';
            url: string;
            message: string;
            mend: string;
            lastValid: ValidService | null;
          }
      ));

/**
 * What is known of a service's environments: what its manifest says, or what it said when it was valid last, as long as it
 * is wrong, gone or cannot be read: what was deployed goes on running.
 */
export function findLastValid(service: Service): ValidService | null {
  switch (service.status) {
    case 'valid':
      return service;
    case 'invalid':
    case 'unread':
    case 'missing':
      return service.lastValid;
    default:
      return service satisfies never;
  }
}

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
