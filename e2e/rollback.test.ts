import { expect } from '@playwright/test';
import {
  arrange,
  askVersion,
  cardOf,
  openDeployments,
  outcomeOf,
} from './support/services';
import { test } from './support/test';

test('a release that fails in production is rolled back by itself (A2.1, V3.5, V4.1)', async ({
  openFor,
}) => {
  await arrange({
    service: 'payments',
    environment: 'production',
    version: '2.0.0',
  });
  const page = await openFor('ana');
  await openDeployments(page, 'payments');
  await page.getByRole('button', { name: 'Promote to production' }).click();
  await page
    .getByRole('dialog')
    .getByRole('button', { name: 'Promote to production' })
    .click();
  await expect(outcomeOf(page, 'Waiting for approval 0/1')).toBeVisible();

  const raj = await openFor('raj');
  await raj.goto('/deployments');
  await raj
    .getByRole('button', { name: 'Review payments 2.1.0 for production' })
    .click();
  await raj
    .getByRole('dialog')
    .getByRole('button', { name: 'Approve for production' })
    .click();
  const support = page.getByRole('listitem', {
    name: 'Support knows what changes',
  });
  await expect(
    page.locator('header').getByText(/Waiting for .*checklist/),
  ).toBeVisible();
  await support.getByText('Support knows what changes').click();
  await expect(support).toContainText('Ticked by Ana Duarte');

  await expect(outcomeOf(page, 'Failed')).toBeVisible();
  await expect(page.getByText(/Rolled back/).first()).toBeVisible();
  await expect(
    page.getByText(/A charge of 1 euro goes through/).first(),
  ).toBeVisible();
  expect(await askVersion('payments', 'production')).toBe('2.0.0');

  await openDeployments(page, 'payments');
  await expect(cardOf(page, 'production')).toContainText('2.0.0');
  await expect(cardOf(page, 'production')).toContainText('Healthy');
});

test('a release that is not healthy never gets to serve (V3.5)', async ({
  openFor,
}) => {
  await arrange({ service: 'shop', environment: 'staging', version: '1.3.0' });
  const page = await openFor('ana');
  await openDeployments(page, 'shop');
  await cardOf(page, 'staging').getByRole('button', { name: 'Deploy' }).click();
  const plan = page.getByRole('dialog');
  await plan.getByRole('textbox', { name: /Branch/ }).fill('v1.4.0');
  await plan.getByRole('button', { name: /Show|plan/i }).click();
  await plan.getByRole('button', { name: 'Deploy to staging' }).click();

  await expect(outcomeOf(page, 'Failed')).toBeVisible();
  await expect(page.getByText(/PRICE_SERVICE_URL|503/).first()).toBeVisible();
  expect(await askVersion('shop', 'staging')).toBe('1.3.0');
});

test('a person rolls back to the release before (V4.2)', async ({
  openFor,
}) => {
  for (const version of ['1.2.0', '1.3.0']) {
    await arrange({ service: 'shop', environment: 'production', version });
  }
  const page = await openFor('ana');
  await openDeployments(page, 'shop');
  await cardOf(page, 'production')
    .getByRole('button', { name: 'Roll back' })
    .click();
  const plan = page.getByRole('dialog');
  await expect(plan).toContainText('Escape what people search for');
  await plan.getByRole('button', { name: 'Roll back production' }).click();
  await expect(outcomeOf(page, 'Waiting for approval 0/1')).toBeVisible();

  const raj = await openFor('raj');
  await raj.goto('/deployments');
  await raj.getByRole('button', { name: /^Review shop/ }).click();
  await raj
    .getByRole('dialog')
    .getByRole('button', { name: 'Approve for production' })
    .click();

  await expect(outcomeOf(page, 'Succeeded')).toBeVisible();
  expect(await askVersion('shop', 'production')).toBe('1.2.0');
});
