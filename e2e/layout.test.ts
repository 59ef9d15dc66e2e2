import { expect, Locator, Page } from '@playwright/test';
import { cardOf, openDeployments, outcomeOf } from './support/services';
import { test } from './support/test';

const HISTORY = '/catalog/default/component/shop/deployments/history';

/** Opens the run of the demo whose release never becomes healthy. */
async function openFailedRun(page: Page) {
  await openDeployments(page, 'shop');
  await page
    .getByRole('link', { name: /1\.4\.0 to staging/ })
    .first()
    .click();
  await expect(outcomeOf(page, 'Failed')).toBeVisible();
  await expect(page.locator('[data-line]').first()).toBeVisible();
}

async function boxOf(element: Locator) {
  const box = await element.boundingBox();
  if (!box) {
    throw new Error('it is not on the screen');
  }
  return box;
}

async function expectNoSidewaysScroll(page: Page) {
  const [needed, given] = await page.evaluate(() => {
    const { scrollWidth, clientWidth } = document.documentElement;
    return [scrollWidth, clientWidth];
  });
  expect(needed).toBeLessThanOrEqual(given);
}

test('the line below the chosen tab lies exactly below its word', async ({
  openFor,
}) => {
  const page = await openFor('ana');
  await openDeployments(page, 'shop');
  for (const name of ['Environments', 'History']) {
    const tab = page.getByRole('tab', { name });
    await tab.click();
    const word = await tab.evaluate(element => {
      const range = document.createRange();
      range.selectNodeContents(element);
      const { left, width } = range.getBoundingClientRect();
      return { left: Math.round(left), width: Math.round(width) };
    });
    await expect
      .poll(() =>
        page
          .getByRole('tablist', { name: 'Deployments of this service' })
          .locator('xpath=..')
          .locator('[class*="TabActive"]')
          .evaluate(element => {
            const { left, width } = element.getBoundingClientRect();
            return { left: Math.round(left), width: Math.round(width) };
          }),
      )
      .toEqual(word);
  }
});

test('a link to a line of a log brings it into sight, below the header that stays there', async ({
  openFor,
}) => {
  const page = await openFor('ana', {
    viewport: { width: 1280, height: 500 },
  });
  await openFailedRun(page);
  await page.goto(`${page.url()}?line=30`);

  const line = page.locator('[data-line="30"]');
  await expect(line).toBeInViewport({ ratio: 1 });
  const header = await boxOf(
    page.locator('header').filter({ hasText: 'Failed' }),
  );
  expect((await boxOf(line)).y).toBeGreaterThanOrEqual(
    header.y + header.height,
  );
});

test('the keyboard goes from line to line of a log, and what has the focus is in sight', async ({
  openFor,
}) => {
  const page = await openFor('ana');
  await openFailedRun(page);
  await page.getByRole('region', { name: 'Log' }).focus();
  await page.keyboard.press('Tab');
  for (let count = 0; count < 29; count += 1) {
    await page.keyboard.press('ArrowDown');
  }
  const number = page.getByRole('link', { name: 'Link to line 30' });
  await expect(number).toBeFocused();
  await expect(number).toBeInViewport({ ratio: 1 });
  await expect(number).toHaveCSS('outline-style', 'solid');

  const before = await boxOf(number);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/[?&]line=30\b/);
  expect(await boxOf(number)).toEqual(before);
});

test.describe('at 200 %', () => {
  const zoomed = {
    viewport: { width: 640, height: 430 },
    deviceScaleFactor: 2,
  };

  test('no screen has to be scrolled sideways', async ({ openFor }) => {
    const page = await openFor('ana', zoomed);
    await openDeployments(page, 'shop');
    await expect(cardOf(page, 'production')).toContainText('Healthy');
    await expectNoSidewaysScroll(page);

    await page.goto(
      '/catalog/default/component/payments/deployments/plan/promote/production',
    );
    await expect(page.getByText('Commits', { exact: true })).toBeVisible();
    await expect(
      page.getByRole('button', { name: 'Promote to production' }),
    ).toBeInViewport({ ratio: 1 });
    await expectNoSidewaysScroll(page);

    await page.goto(HISTORY);
    await expect(page.getByRole('row').nth(3)).toBeVisible();
    await expectNoSidewaysScroll(page);

    await openFailedRun(page);
    await expectNoSidewaysScroll(page);

    await page.goto('/deployments/approvals?show=done');
    await expect(page.getByRole('tabpanel')).toContainText('production');
    await expectNoSidewaysScroll(page);
  });
});
