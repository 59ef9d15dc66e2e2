import { LoggerService } from '@backstage/backend-plugin-api';
import {
  EnvironmentName,
  GateEvidence,
  Release,
  ServiceRef,
} from '@slipway/plugin-deployments-common';
import { z } from 'zod';

/** What a check is about: one release that is to go into one environment. */
export type CheckContext<TParameters = unknown> = {
  serviceRef: ServiceRef;
  environment: EnvironmentName;
  /** Git URL of the service's source. */
  repository: string;
  release: Release;
  parameters: TParameters;
  logger: LoggerService;
  signal: AbortSignal;
};

/**
 * What came of a check: `failed` says that something has to be mended, `pending` that the answer is not there yet. The reason
 * is a sentence for people, and neither it nor the evidence holds anything that a reader of the run may not know.
 */
export type CheckResult = {
  state: 'passed' | 'pending' | 'failed';
  reason: string;
  evidence: GateEvidence | null;
};

/** A kind of check that another system answers. It holds no state, and asking it changes nothing. */
export interface CheckProvider<TParameters = unknown> {
  /** As the manifest's `kind` of a check names it. */
  readonly kind: string;
  /** Of a check's `parameters` in the manifest; its descriptions go into the published JSON Schema. */
  readonly parametersSchema: z.ZodType<TParameters>;

  /** Asked again and again until it has passed. An error that it throws counts as `pending`, and people see its message. */
  check(context: CheckContext<TParameters>): Promise<CheckResult>;
}
