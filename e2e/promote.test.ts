import { expect } from '@playwright/test';
import {
  arrange,
  askVersion,
  cardOf,
  openDeployments,
  outcomeOf,
  urlOf,
} from './support/services';
import { test } from './support/test';

test.beforeEach(async () => {
  await arrange({ service: 'shop', environment: 'staging', version: '1.3.0' });
  await arrange({
    service: 'shop',
    environment: 'production',
    version: '1.2.0',
  });
});

test('a developer promotes, a reviewer approves, and the new version answers (P3, P6)', async ({
  openFor,
}) => {
  const page = await openFor('ana');
  await openDeployments(page, 'shop');
  await expect(cardOf(page, 'staging')).toContainText(
    '4 commits ahead of production',
  );

  await page.getByRole('button', { name: 'Promote to production' }).click();
  const plan = page.getByRole('dialog', { name: 'Promote shop to production' });
  await expect(plan).toContainText('Escape what people search for');
  await expect(plan).toContainText('1 approval needed');
  await plan.getByRole('textbox', { name: /Reason/ }).fill('Search is ready');
  await plan.getByRole('button', { name: 'Promote to production' }).click();
  await expect(
    page.getByRole('heading', { name: 'Promote 1.3.0 to production' }),
  ).toBeVisible();
  await expect(outcomeOf(page, 'Waiting for approval 0/1')).toBeVisible();
  expect(await askVersion('shop', 'production')).toBe('1.2.0');

  const raj = await openFor('raj');
  await raj.goto('/deployments');
  await raj
    .getByRole('button', { name: 'Review shop 1.3.0 for production' })
    .click();
  const review = raj.getByRole('dialog');
  await expect(review).toContainText('Escape what people search for');
  await review.getByRole('button', { name: 'Approve for production' }).click();

  await expect(outcomeOf(page, 'Succeeded')).toBeVisible();
  await expect(page.getByText(/^Smoke check .* passed/)).toBeVisible();
  expect(await askVersion('shop', 'production')).toBe('1.3.0');
  const shop = await fetch(urlOf('shop', 'production'));
  expect(await shop.text()).toContain('Shop 1.3.0 on production');

  await openDeployments(page, 'shop');
  await expect(cardOf(page, 'production')).toContainText('1.3.0');
});

test('nobody approves what they asked for themselves (P6)', async ({
  openFor,
}) => {
  const page = await openFor('mika');
  await openDeployments(page, 'shop');
  await page.getByRole('button', { name: 'Promote to production' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: 'Promote to production' })
    .click();

  await expect(outcomeOf(page, 'Waiting for approval 0/1')).toBeVisible();
  await expect(page.getByText(/Another person must approve/)).toBeVisible();
  await expect(page.getByRole('button', { name: /Approve/ })).toHaveCount(0);
  expect(await askVersion('shop', 'production')).toBe('1.2.0');
});

test('a reviewer’s no ends the run, and nothing changes (P6)', async ({
  openFor,
}) => {
  const page = await openFor('ana');
  await openDeployments(page, 'shop');
  await page.getByRole('button', { name: 'Promote to production' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: 'Promote to production' })
    .click();
  await expect(outcomeOf(page, 'Waiting for approval 0/1')).toBeVisible();

  const raj = await openFor('raj');
  await raj.goto('/deployments');
  await raj
    .getByRole('button', { name: 'Review shop 1.3.0 for production' })
    .click();
  const review = raj.getByRole('dialog');
  await review.getByRole('textbox', { name: /Reason/ }).fill('Not on a Friday');
  await review.getByRole('button', { name: 'Reject for production' }).click();

  await expect(page.getByText('Rejected by Raj Patel')).toBeVisible();
  await expect(page.getByText('Not on a Friday').first()).toBeVisible();
  expect(await askVersion('shop', 'production')).toBe('1.2.0');
});
