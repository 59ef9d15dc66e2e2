import { LoggerService } from '@backstage/backend-plugin-api';
import { isError } from '@backstage/errors';
import {
  ActiveFreeze,
  GateStatus,
  Plan,
} from '@slipway/plugin-deployments-common';
import {
  CheckProvider,
  TargetEnvironment,
} from '@slipway/plugin-deployments-node';
import { RunDependencies } from '../runs/types';
import { Stores } from '../stores';
import { CheckAsker } from './CheckAsker';
import { findFreeze } from './findFreeze';
import { Judgement } from './Judgement';
import { judgeSoak } from './judgeSoak';
import { GateRule, listGates, toPlannedGate } from './listGates';
import { ItemContext, verifyItem } from './verifyItem';

type GateKeeperOptions = {
  stores: Stores;
  dependencies: Pick<
    RunDependencies,
    'resolveEnvironment' | 'targetOf' | 'openSource'
  >;
  providers: ReadonlyMap<string, CheckProvider>;
  logger: LoggerService;
};

/** Looks at the gates that keep runs from an environment. What people said to them is not its business. */
export class GateKeeper {
  readonly #options: GateKeeperOptions;
  readonly #checks: CheckAsker;

  constructor(options: GateKeeperOptions) {
    this.#options = options;
    this.#checks = new CheckAsker(options);
  }

  /**
   * How the gates of a plan's operation stand, as the manifest and app-config have them now; none where nothing protects
   * the environment. A gate that cannot be judged is shut.
   *
   * @throws where the manifest cannot be read.
   */
  async look(plan: Plan, at: Date): Promise<GateStatus[]> {
    const { serviceRef, environment: name } = plan.content;
    if (!plan.content.gates) {
      return [];
    }
    const environment = await this.#options.dependencies.resolveEnvironment(
      serviceRef,
      name,
    );
    const rules = listGates(environment.spec.protection, plan.content);
    const context = await this.#createContext(plan, environment, at);
    return Promise.all(
      rules.map(async rule => {
        const { until, evidence, ...judgement } = await this.#judge(
          rule,
          context,
        );
        return {
          ...toPlannedGate(rule),
          ...judgement,
          until: until?.toISOString() ?? null,
          evidence: evidence ?? null,
          checkedAt: at.toISOString(),
          decision: null,
        };
      }),
    );
  }

  async #createContext(
    plan: Plan,
    environment: TargetEnvironment,
    at: Date,
  ): Promise<ItemContext> {
    const { stores, dependencies } = this.#options;
    const { serviceRef } = environment;
    const { environments } = environment.manifest;
    const index = environments.findIndex(
      ({ name }) => name === environment.name,
    );
    const originName = index > 0 ? environments[index - 1].name : null;
    return {
      environment,
      origin:
        originName === null
          ? null
          : await dependencies.resolveEnvironment(serviceRef, originName),
      target: dependencies.targetOf(environment.spec.target.kind),
      plan: plan.content,
      release: await stores.releases.require(plan.content.to.id),
      stores,
      observed: await stores.observedStates.get(serviceRef, environment.name),
      observedInOrigin:
        originName === null
          ? undefined
          : await stores.observedStates.get(serviceRef, originName),
      openSource: () => dependencies.openSource(environment),
      at,
    };
  }

  async #judge(rule: GateRule, context: ItemContext): Promise<Judgement> {
    try {
      return await this.#judgeRule(rule, context);
    } catch (error) {
      const message = isError(error) ? error.message : String(error);
      this.#options.logger.warn(`The gate ${rule.id} could not be judged`, {
        serviceRef: context.environment.serviceRef,
        environment: context.environment.name,
        error: message,
      });
      return {
        state: 'waiting',
        reason: `It could not be looked at: ${message}`,
      };
    }
  }

  async #judgeRule(rule: GateRule, context: ItemContext): Promise<Judgement> {
    const { environment, origin, release, stores, at } = context;
    switch (rule.kind) {
      case 'freeze':
        return judgeFreeze(findFreeze(rule.freeze, at));
      case 'soak':
        return judgeSoak({
          soakMs: rule.soakMs,
          release: { id: release.id, version: release.version },
          origin: origin?.name ?? null,
          observed: context.observedInOrigin,
          serving:
            origin === null
              ? undefined
              : await stores.serving.get({
                  serviceRef: origin.serviceRef,
                  environment: origin.name,
                }),
          at,
        });
      case 'check':
        return this.#checks.ask({
          environment,
          release,
          check: rule.check,
          at,
        });
      case 'checklist':
        return rule.item === null
          ? { state: 'waiting', reason: 'Nobody has ticked it yet.' }
          : verifyItem(rule.item, context);
      default:
        return rule satisfies never;
    }
  }
}

/** The freezes that an environment is in. One whose times cannot be computed is told when a run meets it. */
export function listActiveFreezes(
  environment: TargetEnvironment,
  at: Date,
): ActiveFreeze[] {
  return (environment.spec.protection.freezes ?? []).flatMap(freeze => {
    try {
      return findFreeze(freeze, at) ?? [];
    } catch {
      return [];
    }
  });
}

function judgeFreeze(active: ActiveFreeze | null): Judgement {
  return active
    ? {
        state: 'waiting',
        reason: active.reason,
        until: new Date(active.until),
      }
    : { state: 'open', reason: 'It is not on.' };
}
