import {
  AuthService,
  BackstageCredentials,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import { Trigger } from '@slipway/plugin-deployments-common';

/** Who asks. */
export type Caller = {
  credentials: BackstageCredentials;
  /** As the history shows them: the entity reference of a person, the subject of a service. */
  ref: string;
  isPerson: boolean;
  /** Whether a program calls: a service, or one that acts for a person. */
  isProgram: boolean;
  /** Entity references that a person speaks for: their own, and those of their groups. */
  claims: readonly string[];
};

/**
 * What sets a run going. Nobody can make it less than it is: what a program asks for is automatic whatever it says, and a person's own
 * word can but raise it.
 */
export function decideTrigger(
  caller: Pick<Caller, 'isProgram'>,
  said: Trigger | undefined,
): Trigger {
  return caller.isProgram || said === 'automation' ? 'automation' : 'person';
}

/**
 * Finds out who asks.
 *
 * @throws NotAllowedError for nobody.
 */
export async function identifyCaller(options: {
  credentials: BackstageCredentials;
  auth: AuthService;
  userInfo: UserInfoService;
}): Promise<Caller> {
  const { credentials, auth, userInfo } = options;
  if (auth.isPrincipal(credentials, 'user')) {
    const { ownershipEntityRefs } = await userInfo.getUserInfo(credentials);
    return {
      credentials,
      ref: credentials.principal.userEntityRef,
      isPerson: true,
      isProgram: credentials.principal.actor !== undefined,
      claims: ownershipEntityRefs,
    };
  }
  if (auth.isPrincipal(credentials, 'service')) {
    return {
      credentials,
      ref: credentials.principal.subject,
      isPerson: false,
      isProgram: true,
      claims: [],
    };
  }
  throw new NotAllowedError('Sign in first.');
}
