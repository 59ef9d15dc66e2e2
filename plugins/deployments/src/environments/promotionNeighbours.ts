import {
  EnvironmentName,
  EnvironmentState,
} from '@slipway/plugin-deployments-common';
import { OpenEnvironment } from './types';

/** The environment that a release is promoted into from the one at `index`, whether or not the person may see it. */
export function findNext(
  environments: readonly EnvironmentState[],
  index: number,
): EnvironmentState | undefined {
  const { name } = environments[index];
  const after = environments[index + 1];
  return (
    environments.find(
      other => other.access === 'open' && other.promotesFrom === name,
    ) ?? (after?.access === 'forbidden' ? after : undefined)
  );
}

/** What a promotion would bring into an environment, and from where. */
export type Promotable = { version: string; from: EnvironmentName };

/** What could be promoted into an environment; nothing where that is not known. */
export function findPromotable(
  environments: readonly EnvironmentState[],
  environment: EnvironmentState,
): Promotable | undefined {
  const from = environments.find(
    (other): other is OpenEnvironment =>
      other.access === 'open' &&
      environment.access === 'open' &&
      other.name === environment.promotesFrom,
  );
  return from?.observed?.reach === 'reached' && from.observed.release
    ? { version: from.observed.release.version, from: from.name }
    : undefined;
}
