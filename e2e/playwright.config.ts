import { defineConfig } from '@playwright/test';

/** `npm test` starts a portal for these tests and says here where it is and which browser there is. */
const { SLIPWAY_URL, SLIPWAY_CHROMIUM, SLIPWAY_RESULTS, SLIPWAY_SCREENSHOTS } =
  process.env;

/** One portal serves all tests, and its environments take one run at a time: so do they. */
export default defineConfig({
  testDir: '.',
  testMatch: SLIPWAY_SCREENSHOTS ? '**/*.screenshots.ts' : '**/*.test.ts',
  outputDir: SLIPWAY_RESULTS ?? './results',
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 30_000 },
  forbidOnly: Boolean(process.env.CI),
  use: {
    baseURL: SLIPWAY_URL ?? 'http://localhost:7007',
    viewport: { width: 1280, height: 860 },
    screenshot: 'only-on-failure',
    trace: 'retain-on-failure',
    launchOptions: {
      executablePath: SLIPWAY_CHROMIUM || '/usr/bin/chromium',
      args: [
        '--disable-background-networking',
        // There is none; without this one is played, by the processor.
        '--disable-gpu',
        ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      ],
    },
  },
});
