import { CustomErrorBase } from '@backstage/errors';

/** Another worker has the run, or nobody: whoever meets this stops, and leaves everything as it is. */
export class ClaimLostError extends CustomErrorBase {
  name = 'ClaimLostError' as const;
}
