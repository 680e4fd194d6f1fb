/** The branding of a tenant: chosen with a preview, shown on the hosted pages, and taken back. */
import { violations } from './axe';
import { apiOf, expect, ownTenant, test } from './world';

/** A picture of 1 × 1 pixels. */
const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==';

test('a tenant chooses how its pages look, and goes back', async ({ page }) => {
  const admin = await ownTenant(page, 'Bright quay');
  const own = apiOf(page, admin.tenant);
  await page.goto(`/console/${admin.tenant}/branding`);
  await page.getByLabel('Name on the pages').fill('Bright & Sons');
  await page.locator('#primary').fill('#ffd4');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.locator('#primary-error')).toHaveText('Write a colour as #rrggbb.');
  await page.locator('#primary').fill('#ffd400');
  await page.getByLabel('Privacy').fill('https://bright.example/privacy');
  await expect(page.getByText('Moved', { exact: true })).toBeVisible();
  await expect(page.getByRole('img', { name: 'The sign-in page, light' })).toContainText('Sign in to Bright & Sons');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect.poll(() => violations(page)).toEqual([]);
  }
  // What the page has reckoned is what the server reckons.
  const link = page.getByRole('img', { name: 'The sign-in page, light' }).getByText('Forgot your password?');
  const shown = await link.evaluate((element) => getComputedStyle(element).color);
  await page.keyboard.press('Control+s');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  const { data } = await own.get('/branding');
  const { palette } = data as unknown as { palette: { light: { text: string } } };
  const hex = shown.match(/\d+/g)?.map((part) => Number(part).toString(16).padStart(2, '0'));
  expect(`#${hex?.join('')}`).toBe(palette.light.text);

  const choosing = page.waitForEvent('filechooser');
  await page.getByRole('button', { name: 'Upload a logo' }).click();
  const png = { name: 'logo.png', mimeType: 'image/png', buffer: Buffer.from(PIXEL, 'base64') };
  await (await choosing).setFiles(png);
  await expect(page.getByText('The logo is shown from now on')).toBeVisible();
  const logo = page.getByRole('img', { name: /^Bright quay/ });
  await expect.poll(() => logo.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(1);

  await page.getByRole('button', { name: 'Choose version 1 again' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Choose again' }).click();
  await expect(page.getByText('The version is in use again')).toBeVisible();
  await expect(page.getByText('No logo: the pages show the name.')).toBeVisible();
  await expect(page.getByText('Version 3')).toBeVisible();
  expect((await own.get('/branding')).data).toMatchObject({ display_name: 'Bright & Sons', logo_url: null });
});
