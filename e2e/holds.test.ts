import { expect } from '@playwright/test';
import {
  arrange,
  askVersion,
  cardOf,
  openDeployments,
  outcomeOf,
  startAutomatic,
} from './support/services';
import { test } from './support/test';

test('an environment that a person holds keeps what a program deploys waiting, until a person releases it', async ({
  openFor,
}) => {
  await arrange({ service: 'shop', environment: 'staging', version: '1.3.0' });
  const page = await openFor('ana');
  await openDeployments(page, 'shop');
  await page.getByRole('button', { name: 'More for staging' }).click();
  await page.getByRole('menuitem', { name: 'Hold…' }).click();
  const hold = page.getByRole('dialog', { name: 'Hold staging' });
  await hold.getByRole('textbox', { name: /Reason/ }).fill('Load test');
  await hold.getByRole('button', { name: 'Hold staging' }).click();
  const staging = cardOf(page, 'staging');
  await expect(staging).toContainText('Held by Ana Duarte');
  await expect(staging).toContainText('Load test');

  const { id } = await startAutomatic('shop', '1.2.0');

  await page.goto(`/catalog/default/component/shop/deployments/runs/${id}`);
  await expect(page.getByText(/started by a program/)).toBeVisible();
  await openDeployments(page, 'shop');
  await staging.getByRole('button', { name: 'Release hold' }).click();
  const release = page.getByRole('dialog', { name: /Release the hold/ });
  await expect(release).toContainText('1 automatic run waits for it');
  expect(await askVersion('shop', 'staging')).toBe('1.3.0');
  await release
    .getByRole('button', { name: 'Release hold of staging' })
    .click();
  await page.goto(`/catalog/default/component/shop/deployments/runs/${id}`);
  await expect(outcomeOf(page, 'Succeeded')).toBeVisible();
  expect(await askVersion('shop', 'staging')).toBe('1.2.0');
});
