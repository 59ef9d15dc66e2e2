/**
 * Says in a few lines where the demo is and what to try.
 *
 * @param {object} options
 * @param {string} options.url of the portal
 * @param {Record<string, number>} options.ports
 * @param {Pick<import('../Progress.mjs').Progress, 'line'>} options.progress
 */
export function showWelcome({ url, ports, progress }) {
  const lines = [
    `Slipway is on ${url}`,
    '',
    'People   Ana (developer), Raj (reviewer), Mika (platform administrator),',
    '         Noor (viewer), Guest. One click signs in, no passwords.',
    '',
    'Try      as Ana: Catalog, Shop, Deployments, promote 1.3.0 to production;',
    '         as Raj, in a second tab: approve it, and watch it together;',
    '         as Ana: roll Shop back in production, and as Raj approve that, too;',
    '         as Ana: promote Payments 2.1.0, and as Raj approve it: it fails,',
    '         and rolls back by itself;',
    '         look at Mailer: its manifest is wrong.',
    '         In staging Ana needs nobody; in production all waits for a yes.',
    '',
    `Running  shop      staging http://localhost:${ports.SHOP_STAGING_PORT}  production http://localhost:${ports.SHOP_PRODUCTION_PORT}`,
    `         payments  staging http://localhost:${ports.PAYMENTS_STAGING_PORT}  production http://localhost:${ports.PAYMENTS_PRODUCTION_PORT}`,
    '',
    'Ctrl-C ends all of it; it goes on with the next npm start.',
    'Begin anew: npm start -- --reset',
  ];
  const width = Math.max(...lines.map(line => line.length));
  progress.line();
  progress.line(`  ┌─${'─'.repeat(width)}─┐`);
  for (const line of lines) {
    progress.line(`  │ ${line.padEnd(width)} │`);
  }
  progress.line(`  └─${'─'.repeat(width)}─┘`);
  progress.line();
}
