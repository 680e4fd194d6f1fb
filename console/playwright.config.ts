import { defineConfig } from '@playwright/test';

/**
 * Against a running server (`tenantry serve --demo`) whose console is at `$TENANTRY_URL/console/`; another address for the
 * console alone (Vite's) goes into `TENANTRY_CONSOLE_URL`. Needs Chromium at `/usr/bin/chromium` or `$CHROMIUM`.
 */
export default defineConfig({
  testDir: 'e2e',
  outputDir: 'test-results',
  workers: 1,
  timeout: 180_000,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: 'list',
  use: {
    baseURL: process.env.TENANTRY_CONSOLE_URL ?? process.env.TENANTRY_URL,
    locale: 'en-GB',
    timezoneId: 'UTC',
    viewport: { width: 1280, height: 800 },
    contextOptions: { reducedMotion: 'reduce' },
    actionTimeout: 30_000,
    navigationTimeout: 60_000,
    trace: 'off',
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    },
  },
});
