import { expect, Page } from '@playwright/test';

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
