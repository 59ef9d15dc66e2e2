import { EnvironmentState } from '@slipway/plugin-deployments-common';

/** An environment that the person may see. */
export type OpenEnvironment = Extract<EnvironmentState, { access: 'open' }>;
