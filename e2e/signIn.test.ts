import { expect, test } from '@playwright/test';
import { openFor, people, signIn } from './support/people';

test('one click signs in, and a reload keeps the person', async ({ page }) => {
  await signIn(page, 'ana');
  await page.goto('/settings');
  await expect(page.getByText(people.ana).first()).toBeVisible();

  await page.reload();

  await expect(page.getByText(people.ana).first()).toBeVisible();
});

test('one person leaves for another', async ({ page }) => {
  await signIn(page, 'ana');

  await page.getByRole('button', { name: 'Switch person' }).click();
  await page.getByRole('button', { name: people.raj }).click();

  await page.goto('/settings');
  await expect(page.getByText(people.raj).first()).toBeVisible();
});

test('two windows are two people', async ({ browser }) => {
  const ana = await openFor(browser, 'ana');
  const raj = await openFor(browser, 'raj');

  await ana.goto('/settings');
  await raj.goto('/settings');

  await expect(ana.getByText(people.ana).first()).toBeVisible();
  await expect(raj.getByText(people.raj).first()).toBeVisible();
});
