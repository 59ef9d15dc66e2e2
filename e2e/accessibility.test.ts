import AxeBuilder from '@axe-core/playwright';
import { expect, Page, test } from '@playwright/test';
import { openFor } from './support/people';
import { cardOf, openDeployments, outcomeOf } from './support/services';

/** Of WCAG 2.2 AA, what a machine can see. */
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];

/** The framework's page header names a panel for its tabs, and has none: not ours to mend. */
const FRAMEWORK_TABS = '.bui-PluginHeaderTabsWrapper';

async function expectAccessible(page: Page) {
  const { violations } = await new AxeBuilder({ page })
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
    test('the choice of people', async ({ browser }) => {
      const context = await browser.newContext({ colorScheme });
      const page = await context.newPage();
      await page.goto('/');
      await expect(
        page.getByRole('heading', { name: 'Who are you today?' }),
      ).toBeVisible();
      await expectAccessible(page);
    });

    test('environments', async ({ browser }) => {
      const page = await openFor(browser, 'ana', { colorScheme });
      await openDeployments(page, 'shop');
      await expect(cardOf(page, 'production')).toContainText('Healthy');
      await expectAccessible(page);
    });

    test('a plan', async ({ browser }) => {
      const page = await openFor(browser, 'ana', { colorScheme });
      await openDeployments(page, 'payments');
      await page.getByRole('button', { name: 'Promote to production' }).click();
      await expect(page.getByRole('dialog')).toContainText('Commits');
      await expectAccessible(page);
    });

    test('a run', async ({ browser }) => {
      const page = await openFor(browser, 'ana', { colorScheme });
      await openDeployments(page, 'shop');
      await page
        .getByRole('link', { name: /1\.4\.0 to staging/ })
        .first()
        .click();
      await expect(outcomeOf(page, 'Failed')).toBeVisible();
      await expectAccessible(page);
    });

    test('the history', async ({ browser }) => {
      const page = await openFor(browser, 'ana', { colorScheme });
      await page.goto('/catalog/default/component/shop/deployments/history');
      await expect(
        page.getByRole('row').filter({ hasText: '1.4.0' }).first(),
      ).toBeVisible();
      await expectAccessible(page);
    });

    test('approvals', async ({ browser }) => {
      const page = await openFor(browser, 'raj', { colorScheme });
      await page.goto('/deployments');
      await page.getByRole('tab', { name: /Done/ }).click();
      await expect(page.getByRole('tabpanel')).toContainText('production');
      await expectAccessible(page);
    });

    test('a wrong manifest', async ({ browser }) => {
      const page = await openFor(browser, 'ana', { colorScheme });
      await openDeployments(page, 'mailer');
      await expect(page.getByText(/deploy\.yaml:6/)).toBeVisible();
      await expectAccessible(page);
    });

    test('what a guest may not see', async ({ browser }) => {
      const page = await openFor(browser, 'guest', { colorScheme });
      await openDeployments(page, 'shop');
      await expect(cardOf(page, 'production')).toContainText('may not see');
      await expectAccessible(page);
    });
  });
}
