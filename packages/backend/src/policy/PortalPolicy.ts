import {
  AuthorizeResult,
  PolicyDecision,
} from '@backstage/plugin-permission-common';
import {
  PermissionPolicy,
  PolicyQuery,
  PolicyQueryUser,
} from '@backstage/plugin-permission-node';
import { roles } from './roles';

/**
 * Decides by the groups of the asking person: the first role among {@link roles} that has an answer gives it,
 * an outright yes before one under conditions. Whom no role knows gets a no.
 */
export class PortalPolicy implements PermissionPolicy {
  async handle(
    request: PolicyQuery,
    user?: PolicyQueryUser,
  ): Promise<PolicyDecision> {
    const claims = user?.info.ownershipEntityRefs ?? [];
    const decisions = roles
      .filter(role => role.group === undefined || claims.includes(role.group))
      .flatMap(role => role.decide(request.permission, claims) ?? []);
    return (
      decisions.find(({ result }) => result === AuthorizeResult.ALLOW) ??
      decisions.at(0) ?? { result: AuthorizeResult.DENY }
    );
  }
}
