import { Browser, BrowserContextOptions, expect, Page } from '@playwright/test';

/** The demo's people, as the sign-in page writes them. */
export const people = {
  ana: 'Ana Duarte',
  raj: 'Raj Patel',
  mika: 'Mika Lindqvist',
  noor: 'Noor Haddad',
  guest: 'Guest',
} as const;

export type Person = keyof typeof people;

/** Chooses a person on the sign-in page, and waits for the portal. */
export async function chooseOnSignInPage(
  page: Page,
  person: Person,
): Promise<void> {
  await page.goto('/');
  await page.getByRole('button', { name: people[person] }).click();
  await expect(page.getByRole('heading', { name: /Catalog/ })).toBeVisible();
}

/** Makes a page one on which the person was chosen before. */
export async function signIn(page: Page, person: Person): Promise<void> {
  await page.addInitScript(name => {
    window.sessionStorage.setItem('slipway.demo.person', name);
  }, person);
}

/** A window of their own for a person, beside those of others. */
export async function openFor(
  browser: Browser,
  person: Person,
  options: BrowserContextOptions = {},
): Promise<Page> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  await signIn(page, person);
  return page;
}
