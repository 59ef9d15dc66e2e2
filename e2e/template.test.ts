import { expect } from '@playwright/test';
import { arrange, askVersion } from './support/services';
import { test } from './support/test';

test('a template promotes through the scaffolder, and waits for the approval (P1)', async ({
  openFor,
}) => {
  await arrange({ service: 'shop', environment: 'staging', version: '1.3.0' });
  await arrange({
    service: 'shop',
    environment: 'production',
    version: '1.2.0',
  });
  const page = await openFor('ana');
  await page.goto('/create/templates/default/promote-service');
  await page.getByRole('textbox', { name: /Service/ }).fill('shop');
  await page.getByRole('option', { name: /shop/i }).first().click();
  await page.getByRole('button', { name: 'Review' }).click();
  await page.getByRole('button', { name: 'Create' }).click();

  const raj = await openFor('raj');
  await raj.goto('/deployments');
  await raj
    .getByRole('button', { name: 'Review shop 1.3.0 for production' })
    .click();
  await raj
    .getByRole('dialog')
    .getByRole('button', { name: 'Approve for production' })
    .click();

  await expect(
    page.getByText(/1\.3\.0 took the place of 1\.2\.0/),
  ).toBeVisible();
  expect(await askVersion('shop', 'production')).toBe('1.3.0');
});
