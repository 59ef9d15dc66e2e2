import AxeBuilder from '@axe-core/playwright';
import { expect, Page } from '@playwright/test';
import {
  cardOf,
  openDeployments,
  outcomeOf,
  startWaiting,
} from './support/services';
import { test } from './support/test';

/** Of WCAG 2.2 AA, what a machine can see. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The framework's page header names a panel for its tabs, and has none: not ours to mend. */
const FRAMEWORK_TABS = '.bui-PluginHeaderTabsWrapper';

/** What is on its way from one colour to another has neither's contrast. */
async function untilAtRest(page: Page) {
  await expect
    .poll(() =>
      page.evaluate(
        () =>
          document
            .getAnimations()
            .filter(
              each =>
                each instanceof CSSTransition && each.playState === 'running',
            ).length,
      ),
    )
    .toBe(0);
}

async function expectAccessible(page: Page, part = 'body') {
  await untilAtRest(page);
  const { violations } = await new AxeBuilder({ page })
    .include(part)
    .withTags(TAGS)
    .exclude(FRAMEWORK_TABS)
    .analyze();
  const found = violations.map(({ id, nodes }) => ({
    id,
    where: nodes.map(({ target }) => target.join(' ')),
  }));
  expect(found).toEqual([]);
}

for (const colorScheme of ['light', 'dark'] as const) {
  test.describe(`in ${colorScheme}`, () => {
    test('the choice of people', async ({ open }) => {
      const page = await open({ colorScheme });
      await page.goto('/');
      await expect(
        page.getByRole('heading', { name: 'Who are you today?' }),
      ).toBeVisible();
      await expectAccessible(page);
    });

    test('environments', async ({ openFor }) => {
      const page = await openFor('ana', { colorScheme });
      await openDeployments(page, 'shop');
      await expect(cardOf(page, 'production')).toContainText('Healthy');
      await expectAccessible(page);
    });

    test('a plan', async ({ openFor }) => {
      const page = await openFor('ana', { colorScheme });
      await openDeployments(page, 'payments');
      await page.getByRole('button', { name: 'Promote to production' }).click();
      await expect(page.getByRole('dialog')).toContainText('Commits');
      await expectAccessible(page);
    });

    test('the card on the overview', async ({ openFor }) => {
      const page = await openFor('ana', { colorScheme });
      await page.goto('/catalog/default/component/shop');
      await expect(
        page.getByRole('link', { name: 'All about deployments' }),
      ).toBeVisible();
      // What the catalog shows besides is not ours.
      await expectAccessible(page, '[aria-label="Deployments"]');
    });

    test('a rollback, and a deployment to be chosen', async ({ openFor }) => {
      const page = await openFor('ana', { colorScheme });
      const plan = '/catalog/default/component/shop/deployments/plan';
      await page.goto(`${plan}/rollback/staging`);
      await expect(
        page.getByRole('button', { name: 'Roll back staging' }),
      ).toBeEnabled();
      await expectAccessible(page);

      await page.goto(`${plan}/deploy/staging`);
      await expect(page.getByRole('textbox', { name: /Branch/ })).toBeVisible();
      await expectAccessible(page);
    });

    test('a run', async ({ openFor }) => {
      const page = await openFor('ana', { colorScheme });
      await openDeployments(page, 'shop');
      await page
        .getByRole('link', { name: /1\.4\.0 to staging/ })
        .first()
        .click();
      await expect(outcomeOf(page, 'Failed')).toBeVisible();
      await expectAccessible(page);
    });

    test('the history', async ({ openFor }) => {
      const page = await openFor('ana', { colorScheme });
      await page.goto('/catalog/default/component/shop/deployments/history');
      await expect(
        page.getByRole('row').filter({ hasText: '1.4.0' }).first(),
      ).toBeVisible();
      await expectAccessible(page);
    });

    test('two runs compared', async ({ openFor }) => {
      const page = await openFor('ana', { colorScheme });
      await page.goto('/catalog/default/component/shop/deployments/history');
      const boxes = page.getByRole('row').getByRole('checkbox');
      await boxes.nth(1).check({ force: true });
      await boxes.nth(2).check({ force: true });
      await page.getByRole('button', { name: 'Compare 2 of 2' }).click();
      await expect(page.getByRole('table')).toContainText('Commits');
      await expectAccessible(page);
    });

    test('the keys', async ({ openFor }) => {
      const page = await openFor('ana', { colorScheme });
      await openDeployments(page, 'shop');
      await page.getByRole('button', { name: 'Show keys' }).click();
      await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible();
      await expectAccessible(page);
    });

    test('a review, and the run that waits for it', async ({ openFor }) => {
      const waiting = await startWaiting('payments');
      try {
        const raj = await openFor('raj', { colorScheme });
        await raj.goto('/deployments');
        await raj.getByRole('button', { name: /^Review payments/ }).click();
        await expect(raj.getByRole('dialog')).toContainText('Commits');
        await expectAccessible(raj);

        const ana = await openFor('ana', { colorScheme });
        await ana.goto(
          `/catalog/default/component/payments/deployments/runs/${waiting.id}`,
        );
        await ana.getByRole('button', { name: 'Cancel run' }).click();
        await expect(ana.getByRole('dialog')).toBeVisible();
        await expectAccessible(ana);
      } finally {
        await waiting.cancel();
      }
    });

    test('approvals', async ({ openFor }) => {
      const page = await openFor('raj', { colorScheme });
      await page.goto('/deployments');
      await page.getByRole('tab', { name: /Done/ }).click();
      await expect(page.getByRole('tabpanel')).toContainText('production');
      await expectAccessible(page);
    });

    test('a wrong manifest', async ({ openFor }) => {
      const page = await openFor('ana', { colorScheme });
      await openDeployments(page, 'mailer');
      await expect(page.getByText(/deploy\.yaml:6/)).toBeVisible();
      await expectAccessible(page);
    });

    test('what a guest may not see', async ({ openFor }) => {
      const page = await openFor('guest', { colorScheme });
      await openDeployments(page, 'shop');
      await expect(cardOf(page, 'production')).toContainText('may not see');
      await expectAccessible(page);
    });
  });
}
