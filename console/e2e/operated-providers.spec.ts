/** Operators and a tenant's identity providers: set up, changed, switched, deleted, as far as operators may. */
import { apiOf, expect, OPERATOR, ownTenant, signIn, test } from './world';

test('an operator sets up, changes and deletes a tenant’s identity provider', async ({ page }) => {
  const admin = await ownTenant(page, 'Guest quay');
  await page.context().clearCookies();
  await signIn(page, OPERATOR, true);
  const [tenant] = (await apiOf(page, 'platform').get(`/tenants?search=${admin.tenant}`)).data;
  const base = `/console/platform/tenants/${tenant?.id}`;
  await page.goto(base);
  await expect(page.getByText('No identity providers.')).toBeVisible();
  await page.getByRole('link', { name: 'Set up provider' }).click();
  await expect(page.getByRole('heading', { level: 1, name: /^Set up a provider for Guest quay/ })).toBeVisible();
  await expect(page.getByRole('radio', { name: /OpenID/ })).toHaveCount(0);
  await page.getByLabel('Name').fill('Guest directory');
  await page.getByRole('textbox', { name: /^Directory/ }).fill('common');
  await page.getByLabel('Client ID').fill('0f8fad5b-d9cb-469f-a165-70867728950e');
  await page.getByLabel('Client secret').fill('of no use');
  await page.getByRole('button', { name: 'Set up provider' }).click();
  await expect(page.locator('#directory_id-error')).toBeVisible();
  await page.getByRole('textbox', { name: /^Directory/ }).fill('5d0a6f3e-7a10-4c5c-9b3e-2f1d1c0b9a87');
  await page.getByLabel('E-mail domains, line 1').fill('guest.example');
  await page.getByRole('button', { name: 'Set up provider' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Guest directory' })).toBeVisible();
  await expect(page.getByText(/\/api\/v1\/auth\/oauth\/microsoft\/callback\//)).toBeVisible();
  await expect(page.getByLabel('Client secret')).toHaveValue('');

  await page.getByLabel('Name').fill('Guests');
  await page.keyboard.press('Control+s');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await page.getByRole('textbox', { name: /^Directory/ }).fill('6d0a6f3e-7a10-4c5c-9b3e-2f1d1c0b9a87');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.locator('#client_secret-error')).toBeVisible();
  await page.getByRole('button', { name: 'Discard changes' }).click();

  await page.getByRole('link', { name: /^Guest quay/ }).click();
  await page.getByRole('link', { name: 'Guests' }).click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByLabel(/^Type/).fill('Guests');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('No identity providers.')).toBeVisible();
});
