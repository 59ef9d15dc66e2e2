import {
  BackstageCredentials,
  PermissionsService,
} from '@backstage/backend-plugin-api';
import { NotAllowedError } from '@backstage/errors';
import {
  AuthorizeResult,
  ResourcePermission,
} from '@backstage/plugin-permission-common';
import { EnvironmentRef, formatEnvironmentRef } from './environmentRef';
import { nameRef } from './nameRef';

/** A permission of this plugin. */
export type DeploymentsPermission =
  ResourcePermission<'deployments-environment'>;

/** Asks the permission framework about environments. */
export class EnvironmentAuthorizer {
  readonly #permissions: PermissionsService;

  constructor(options: { permissions: PermissionsService }) {
    this.#permissions = options.permissions;
  }

  /** Asks about all of them in one request, and about each once; answers in their order. */
  async decide<
    TRequest extends EnvironmentRef & { permission: DeploymentsPermission },
  >(
    requests: readonly TRequest[],
    credentials: BackstageCredentials,
  ): Promise<Array<TRequest & { allowed: boolean }>> {
    const questions = new Map(
      requests.map(request => [nameQuestion(request), request]),
    );
    if (questions.size === 0) {
      return [];
    }
    const decisions = await this.#permissions.authorize(
      [...questions.values()].map(request => ({
        permission: request.permission,
        resourceRef: formatEnvironmentRef(request),
      })),
      { credentials },
    );
    const allowed = new Set(
      [...questions.keys()].filter(
        (_, i) => decisions[i].result === AuthorizeResult.ALLOW,
      ),
    );
    return requests.map(request => ({
      ...request,
      allowed: allowed.has(nameQuestion(request)),
    }));
  }

  /** @throws NotAllowedError that names the permission and the environment. */
  async require(
    request: EnvironmentRef & {
      permission: DeploymentsPermission;
      /** Whom to ask for it, full entity references. */
      ask?: readonly string[];
    },
    credentials: BackstageCredentials,
  ): Promise<void> {
    const [{ allowed }] = await this.decide([request], credentials);
    if (!allowed) {
      throw new NotAllowedError(describeMissingPermission(request));
    }
  }
}

/** "You need deployments.promote on production. Ask payments-ops." */
export function describeMissingPermission(request: {
  permission: { name: string };
  environment: string;
  ask?: readonly string[];
}): string {
  const { permission, environment, ask = [] } = request;
  const whom =
    ask.length > 0
      ? ask.map(nameRef).join(' or ')
      : 'the portal’s administrators';
  return `You need ${permission.name} on ${environment}. Ask ${whom}.`;
}

function nameQuestion(
  request: EnvironmentRef & { permission: DeploymentsPermission },
): string {
  return `${request.permission.name} ${formatEnvironmentRef(request)}`;
}
