import { Browser, expect, Page } from '@playwright/test';

/** The demo's people, as the sign-in page writes them. */
export const people = {
  ana: 'Ana Duarte',
  raj: 'Raj Patel',
  mika: 'Mika Lindqvist',
  noor: 'Noor Haddad',
  guest: 'Guest',
} as const;

export type Person = keyof typeof people;

/** Signs in on a page that shows the choice of people, and waits for the portal. */
export async function signIn(page: Page, person: Person): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: people[person] }).click();
  await expect(page.getByRole('heading', { name: /Catalog/ })).toBeVisible();
}

/** A window of their own for a person, beside those of others. */
export async function openFor(
  browser: Browser,
  person: Person,
  options: { colorScheme?: 'light' | 'dark' } = {},
): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await signIn(page, person);
  return page;
}
