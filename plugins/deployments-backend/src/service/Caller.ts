import {
  AuthService,
  BackstageCredentials,
  UserInfoService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';

/** Who asks. */
export type Caller = {
  credentials: BackstageCredentials;
  /** As the history shows them: the entity reference of a person, the subject of a service. */
  ref: string;
  isPerson: boolean;
  /** Entity references that a person speaks for: their own, and those of their groups. */
  claims: readonly string[];
};

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
      claims: ownershipEntityRefs,
    };
  }
  if (auth.isPrincipal(credentials, 'service')) {
    return {
      credentials,
      ref: credentials.principal.subject,
      isPerson: false,
      claims: [],
    };
  }
  throw new NotAllowedError('Sign in first.');
}
