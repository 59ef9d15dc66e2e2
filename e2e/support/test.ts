import {
  BrowserContext,
  BrowserContextOptions,
  Page,
  test as base,
} from '@playwright/test';
import { Person, signIn } from './people';

/** A new window. */
type Open = (options?: BrowserContextOptions) => Promise<Page>;

/** A new window in which a person was chosen before. */
type OpenFor = (
  person: Person,
  options?: BrowserContextOptions,
) => Promise<Page>;

/**
 * Windows are closed with their test, so that nobody's pages go on asking the portal. Those that look alike share what the browser has
 * loaded of the portal, which is most of the work; who is signed in is each window's own.
 */
export const test = base.extend<
  { open: Open; openFor: OpenFor },
  { contextOf: (options: BrowserContextOptions) => Promise<BrowserContext> }
>({
  contextOf: [
    async ({ browser }, use) => {
      const contexts = new Map<string, BrowserContext>();
      await use(async options => {
        const look = JSON.stringify(options);
        const context =
          contexts.get(look) ?? (await browser.newContext(options));
        contexts.set(look, context);
        return context;
      });
      await Promise.all([...contexts.values()].map(each => each.close()));
    },
    { scope: 'worker' },
  ],
  open: async ({ contextOf }, use) => {
    const pages: Page[] = [];
    await use(async (options = {}) => {
      const context = await contextOf(options);
      const page = await context.newPage();
      pages.push(page);
      return page;
    });
    await Promise.all(pages.map(page => page.close()));
  },
  openFor: async ({ open }, use) => {
    await use(async (person, options) => {
      const page = await open(options);
      await signIn(page, person);
      return page;
    });
  },
  page: async ({ open }, use) => {
    await use(await open());
  },
});
