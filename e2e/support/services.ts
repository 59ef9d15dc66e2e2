import { expect, Locator, Page } from '@playwright/test';
import { z } from 'zod';
import { signIn } from '../../scripts/lib/demo/person.mjs';

export type Service = 'shop' | 'payments';
export type Environment = 'staging' | 'production';

const portsSchema = z.record(z.string(), z.number());

/** Where a service of the demo answers. */
export function urlOf(service: Service, environment: Environment): string {
  const ports = portsSchema.parse(
    JSON.parse(process.env.SLIPWAY_PORTS ?? '{}'),
  );
  const name = `${service}_${environment}_PORT`.toLocaleUpperCase('en-US');
  return `http://localhost:${ports[name]}`;
}

/** Which version a service says that it is, when asked over HTTP on its own port. */
export async function askVersion(
  service: Service,
  environment: Environment,
): Promise<string> {
  const response = await fetch(`${urlOf(service, environment)}/healthz`);
  const { version } = z
    .object({ version: z.string() })
    .parse(await response.json());
  return version;
}

/** Opens the deployments of a service. */
export async function openDeployments(
  page: Page,
  service: string,
): Promise<void> {
  await page.goto(`/catalog/default/component/${service}/deployments`);
}

/** The card of an environment. */
export function cardOf(page: Page, environment: Environment): Locator {
  return page.getByRole('group', { name: environment, exact: true });
}

/** How a run ended, as the head of its page says it. */
export function outcomeOf(page: Page, outcome: string): Locator {
  return page.locator('header').getByText(outcome, { exact: true });
}

/**
 * Sees to it that an environment runs a version, that nothing waits for it and that nobody holds it, whatever the tests
 * before have left. A release comes back without being built again.
 */
export async function arrange(options: {
  service: Service;
  environment: Environment;
  version: string;
}): Promise<void> {
  const { service, environment, version } = options;
  const url = process.env.SLIPWAY_URL ?? 'http://localhost:7007';
  const administrator = await signIn({ url, name: 'mika' });
  const state = await administrator.getEnvironment(service, environment);
  for (const run of [...state.waiting, ...state.queue]) {
    await administrator.cancel(run);
  }
  if (state.activeRun) {
    await administrator.wait(state.activeRun);
  }
  if (state.hold) {
    await administrator.releaseHold(service, environment, state.hold);
  }
  if ((await askVersion(service, environment)) === version) {
    return;
  }
  const run = await administrator.start(service, {
    operation: 'deploy',
    environment,
    ref: `v${version}`,
  });
  await administrator.tickAll(run);
  if (run.state.phase === 'waiting-for-approval') {
    const reviewer = await signIn({ url, name: 'raj' });
    await reviewer.approve(run);
  }
  const finished = await administrator.wait(run);
  expect(finished.state).toEqual({ phase: 'succeeded' });
}

/** Starts a promotion to production that waits for approval, and says how to take it back. */
export async function startWaiting(
  service: Service,
): Promise<{ id: string; cancel: () => Promise<unknown> }> {
  const url = process.env.SLIPWAY_URL ?? 'http://localhost:7007';
  const ana = await signIn({ url, name: 'ana' });
  const run = await ana.start(service, {
    operation: 'promote',
    environment: 'production',
  });
  return { id: run.id, cancel: () => ana.cancel(run) };
}

/** Deploys to staging as a pipeline does. */
export async function startAutomatic(
  service: Service,
  version: string,
): Promise<{ id: string }> {
  const url = process.env.SLIPWAY_URL ?? 'http://localhost:7007';
  const ana = await signIn({ url, name: 'ana' });
  return ana.start(
    service,
    { operation: 'deploy', environment: 'staging', ref: `v${version}` },
    'A pipeline',
    'automation',
  );
}
