import { PlanRequest } from '@slipway/plugin-deployments-common';
import { V213 } from '../__testUtils__/fixtures';
import { readPlanRequest, writePlanRequest } from './planRequest';

describe('the address of a plan', () => {
  it.each<PlanRequest>([
    { operation: 'deploy', environment: 'staging', ref: 'fix/a&b=c+d' },
    {
      operation: 'promote',
      environment: 'production',
      fromEnvironment: 'canary',
    },
    { operation: 'promote', environment: 'production' },
    { operation: 'rollback', environment: 'staging', releaseId: V213.id },
  ])('says all that is asked for: %j', request => {
    const { operation, environment } = request;
    const params = new URLSearchParams(writePlanRequest(request));

    expect(readPlanRequest({ operation, environment, params })).toEqual(
      request,
    );
  });

  it('given no ref, then there is nothing to deploy yet; given a release that is none, then the usual one is meant', () => {
    expect(
      readPlanRequest({
        operation: 'deploy',
        environment: 'staging',
        params: new URLSearchParams(),
      }),
    ).toBeUndefined();
    expect(
      readPlanRequest({
        operation: 'rollback',
        environment: 'staging',
        params: new URLSearchParams('releaseId=../../etc'),
      }),
    ).toEqual({ operation: 'rollback', environment: 'staging' });
  });
});
