import {
  ObservedState,
  PlanContent,
  Release,
} from '@slipway/plugin-deployments-common';
import {
  DeploymentTarget,
  SourceRepository,
  TargetEnvironment,
  VerifiedItem,
} from '@slipway/plugin-deployments-node';
import { Stores } from '../stores';
import { Judgement } from './Judgement';
import { isSilent } from './judgeSoak';

/** Where the names of variables are looked for, in a commit. */
const DOCUMENTATION = ['.env.example', 'docs/configuration.md', 'README.md'];

/** How people know the items. */
export const ITEM_TITLES: Record<VerifiedItem, string> = {
  'migrations-tested': 'Migrations have run in the environment before',
  'variables-documented': 'Variables and secrets are documented',
  'secrets-configured': 'Secrets are configured',
  'health-verified': 'Health is verified',
  'rollback-possible': 'A rollback is possible',
};

/** What items are verified by. */
export type ItemContext = {
  environment: TargetEnvironment;
  /** The environment before this one in promotion order; null for the first. */
  origin: TargetEnvironment | null;
  target: DeploymentTarget;
  plan: PlanContent;
  release: Release;
  stores: Stores;
  /** The last answers of both targets. */
  observed: ObservedState | undefined;
  observedInOrigin: ObservedState | undefined;
  openSource(): Promise<SourceRepository>;
  at: Date;
};

/** Verifies an item of a checklist, without asking anything of a target. */
export async function verifyItem(
  item: VerifiedItem,
  context: ItemContext,
): Promise<Judgement> {
  switch (item) {
    case 'migrations-tested':
      return verifyMigrations(context);
    case 'variables-documented':
      return verifyDocumentation(context);
    case 'secrets-configured':
      return verifySecrets(context);
    case 'health-verified':
      return verifyHealth(context);
    case 'rollback-possible':
      return verifyRollback(context);
    default:
      return item satisfies never;
  }
}

async function verifyMigrations(context: ItemContext): Promise<Judgement> {
  const { plan, origin, stores, release } = context;
  const { length } = plan.migrations;
  if (length === 0) {
    return { state: 'open', reason: 'There are no migrations to run.' };
  }
  const count = length === 1 ? '1 migration' : `${length} migrations`;
  if (!origin) {
    return {
      state: 'blocked',
      reason: `There is no environment before this one in which ${count} could have run.`,
    };
  }
  const run = await stores.runs.findSuccess({
    serviceRef: origin.serviceRef,
    environment: origin.name,
    releaseId: release.id,
  });
  return run
    ? {
        state: 'open',
        reason: `${count} ran in ${origin.name} with ${release.version}.`,
        evidence: { text: `Run of ${run.finishedAt}`, url: null },
      }
    : {
        state: 'blocked',
        reason: `${count} never ran in ${origin.name} with ${release.version}. Deploy it there first.`,
      };
}

async function verifyDocumentation(context: ItemContext): Promise<Judgement> {
  const { spec } = context.environment;
  const names = [...Object.keys(spec.variables), ...Object.keys(spec.secrets)];
  if (names.length === 0) {
    return { state: 'open', reason: 'There are no variables and no secrets.' };
  }
  const source = await context.openSource();
  const texts = await Promise.all(
    DOCUMENTATION.map(file => source.readFile(context.release.commit.id, file)),
  );
  const words = new Set(
    texts.flatMap(text => text?.match(/[A-Za-z_][A-Za-z0-9_]*/g) ?? []),
  );
  const missing = names.filter(name => !words.has(name));
  return missing.length === 0
    ? {
        state: 'open',
        reason: `All ${names.length} names are documented.`,
        evidence: {
          text: DOCUMENTATION.filter((_, i) => texts[i] !== null).join(', '),
          url: null,
        },
      }
    : {
        state: 'blocked',
        reason: `${missing.join(', ')} cannot be found in ${DOCUMENTATION.join(', ')} of this release.`,
      };
}

/** A manifest that names a secret which is not there is refused as a whole; what is left is that it became empty. */
function verifySecrets({ environment }: ItemContext): Judgement {
  const wanted = Object.keys(environment.spec.secrets);
  const missing = wanted.filter(name => !environment.secrets.has(name));
  return missing.length === 0
    ? {
        state: 'open',
        reason:
          wanted.length === 0
            ? 'There are no secrets.'
            : `${wanted.join(', ')} ${wanted.length === 1 ? 'is' : 'are'} configured.`,
      }
    : {
        state: 'blocked',
        reason: `${missing.join(', ')} ${missing.length === 1 ? 'is' : 'are'} not configured. Ask the portal’s administrators.`,
      };
}

function verifyHealth(context: ItemContext): Judgement {
  const { origin, observedInOrigin, release, at } = context;
  if (!origin) {
    return {
      state: 'open',
      reason: `This is the first environment: ${context.environment.spec.health.path} is asked after the switch.`,
    };
  }
  if (!observedInOrigin || isSilent(observedInOrigin, at)) {
    return {
      state: 'waiting',
      reason: `It is not known what ${origin.name} runs at present.`,
    };
  }
  if (observedInOrigin.reach === 'unreachable') {
    return {
      state: 'waiting',
      reason: `${origin.name} cannot be asked what it runs: ${observedInOrigin.message}`,
    };
  }
  const running = observedInOrigin.release;
  if (running?.id !== release.id) {
    return {
      state: 'blocked',
      reason: `${origin.name} runs ${running?.version ?? 'nothing'}, not ${release.version}.`,
    };
  }
  if (observedInOrigin.health !== 'healthy') {
    const why = observedInOrigin.healthReason;
    return {
      state: 'blocked',
      reason: `${release.version} is ${observedInOrigin.health} in ${origin.name}${why ? `: ${why}` : '.'}`,
    };
  }
  return {
    state: 'open',
    reason: `${origin.name} answers ${origin.spec.health.path} with ${release.version}, and is healthy.`,
    evidence: {
      text: `Asked at ${observedInOrigin.askedAt}`,
      url: observedInOrigin.url,
    },
  };
}

function verifyRollback(context: ItemContext): Judgement {
  const { environment, observed, target, at } = context;
  const { name } = environment;
  if (!observed || isSilent(observed, at)) {
    return {
      state: 'waiting',
      reason: `It is not known what ${name} runs at present.`,
    };
  }
  if (observed.reach === 'unreachable') {
    return {
      state: 'waiting',
      reason: `${name} cannot be asked what it runs: ${observed.message}`,
    };
  }
  if (!observed.release) {
    return {
      state: 'open',
      reason: `Nothing runs in ${name} yet: there is nothing to go back to, and nobody to miss it.`,
    };
  }
  if (!target.capabilities.rollbackWithoutRebuild) {
    return {
      state: 'blocked',
      reason: `${environment.spec.target.kind} cannot return to a release without building it again.`,
    };
  }
  const { id, version } = observed.release;
  const kept = observed.keptReleases.some(release => release.id === id);
  return id !== null && kept
    ? {
        state: 'open',
        reason: `${name} keeps ${version}, and can return to it.`,
      }
    : {
        state: 'blocked',
        reason:
          id === null
            ? `${name} runs ${version}, which was not deployed from here, so nothing could return to it.`
            : `${name} does not keep ${version}, so nothing could return to it.`,
      };
}
