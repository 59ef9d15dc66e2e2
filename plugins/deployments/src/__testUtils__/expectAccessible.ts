import axe from 'axe-core';

/** Rules about the whole document, which a screen rendered alone cannot meet, and about colours, which need a real browser. */
const LEFT_TO_THE_BROWSER = [
  'region',
  'page-has-heading-one',
  'color-contrast',
];

/** What react-aria says aloud stays in its own region for seconds, and may name a button that is gone by then. */
const SPOKEN = '[data-live-announcer]';

/** Fails with what WCAG 2.2 A and AA rules find in the document. */
export async function expectAccessible(): Promise<void> {
  const { violations } = await axe.run(
    { include: [document.body], exclude: [SPOKEN] },
    {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'],
      rules: Object.fromEntries(
        LEFT_TO_THE_BROWSER.map(rule => [rule, { enabled: false }]),
      ),
    },
  );
  expect(
    violations.map(({ id, nodes }) => ({
      id,
      nodes: nodes.map(node => node.html),
    })),
  ).toEqual([]);
}
