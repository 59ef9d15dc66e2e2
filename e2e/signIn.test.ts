import { expect } from '@playwright/test';
import { chooseOnSignInPage, people } from './support/people';
import { test } from './support/test';

test('one click signs in, and a reload keeps the person', async ({ page }) => {
  await chooseOnSignInPage(page, 'ana');
  await page.goto('/settings');
  await expect(page.getByText(people.ana).first()).toBeVisible();

  await page.reload();

  await expect(page.getByText(people.ana).first()).toBeVisible();
});

test('one person leaves for another', async ({ page }) => {
  await chooseOnSignInPage(page, 'ana');

  await page.getByRole('button', { name: 'Switch person' }).click();
  await page.getByRole('button', { name: people.raj }).click();

  await page.goto('/settings');
  await expect(page.getByText(people.raj).first()).toBeVisible();
});

test('two tabs of one browser are two people', async ({ open }) => {
  const ana = await open();
  const raj = await open();
  await chooseOnSignInPage(ana, 'ana');
  await chooseOnSignInPage(raj, 'raj');

  await ana.goto('/settings');
  await raj.goto('/settings');

  await expect(ana.getByText(people.ana).first()).toBeVisible();
  await expect(raj.getByText(people.raj).first()).toBeVisible();
});
