/** The pictures of the README; written to docs/screenshots with `TENANTRY_SCREENSHOTS=1`, else to the test's own folder. */
import { fileURLToPath } from 'node:url';
import { ADA, apiOf, expect, OPERATOR, type Page, signIn, test } from './world';

const folder = process.env.TENANTRY_SCREENSHOTS
  ? fileURLToPath(new URL('../../docs/screenshots/', import.meta.url))
  : fileURLToPath(new URL('../test-results/screenshots/', import.meta.url));

/** Ten, so that the first page shows nothing that another test has left behind. */
const PROJECTS = [
  'Ferry timetable',
  'Quayside lighting',
  'Market hall roof',
  'Cycle path north',
  'Flood gauges',
  'Harbour extension',
  'Night market',
  'Bridge survey',
  'River ferry',
  'Lighthouse renovation',
];

async function picture(page: Page, name: string): Promise<void> {
  await expect(page.locator('h1')).toBeVisible();
  await expect(page.locator('.animate-pulse')).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${folder}${name}.png`, animations: 'disabled' });
}

test('pictures of the console', async ({ page }) => {
  await signIn(page, ADA);
  const acme = apiOf(page, 'acme');
  for (const name of PROJECTS) {
    await acme.post('/projects', { name, description: `Planning and permits: ${name.toLowerCase()}` });
  }
  await page.setViewportSize({ width: 1280, height: 760 });
  await page.goto('/console/acme/projects?limit=10');
  await picture(page, 'projects');
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.goto('/console/acme/audit?limit=10&live=1');
  await expect(page.locator('[data-live=live]')).toBeVisible();
  await picture(page, 'audit-dark');
  await page.setViewportSize({ width: 390, height: 760 });
  await page.goto('/console/acme');
  await expect(page.locator('.recharts-surface').first()).toBeVisible();
  await picture(page, 'overview-mobile-dark');
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 1280, height: 760 });
  await signIn(page, OPERATOR);
  await page.goto('/console/platform');
  await expect(page.locator('.recharts-surface').first()).toBeVisible();
  await picture(page, 'fleet');
});
