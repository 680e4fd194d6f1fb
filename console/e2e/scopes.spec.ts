/** Scopes of a tenant's own: defined with claims and texts, changed, deleted. */
import { violations } from './axe';
import { ADA, apiOf, expect, fresh, signIn, test } from './world';

test('a scope is defined with texts and claims, changed, and deleted', async ({ page }) => {
  await signIn(page, ADA);
  const name = `${fresh('orders').replace(' ', '-')}:read`;
  await page.goto('/console/acme/scopes');
  await page.getByRole('link', { name: 'Define scope' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill('openid');
  await page.getByRole('button', { name: 'Define scope' }).click();
  await expect(page.locator('#name-error')).toContainText('a scope of OpenID Connect');
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByLabel('Description').fill('See your orders');
  await page.getByLabel('Deutsch').fill('Ihre Bestellungen sehen');
  await page.getByRole('button', { name: 'Add claim' }).click();
  await page.getByLabel('Name of claim 1').fill('email');
  await page.getByLabel('Value of claim 1').fill('employee_id');
  await page.getByRole('button', { name: 'Add claim' }).click();
  await page.getByLabel('Name of claim 2').fill('https://acme.example/roles');
  await page.getByLabel('Source of claim 2').selectOption('claim');
  await page.getByLabel('Value of claim 2').selectOption('roles');
  await page.getByRole('button', { name: 'Define scope' }).click();
  await expect(page.locator('#claims-error')).toContainText('has a meaning of its own already');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect.poll(() => violations(page)).toEqual([]);
  }
  await page.getByLabel('Name of claim 1').fill('https://acme.example/employee');
  await page.getByLabel('In ID tokens, too').check();
  await page.getByRole('button', { name: 'Define scope' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();

  const acme = apiOf(page, 'acme');
  const made = (await acme.get('/oauth/scopes')).data.find((scope) => scope.name === name);
  expect(made).toMatchObject({
    translations: { de: 'Ihre Bestellungen sehen' },
    claims: {
      'https://acme.example/employee': { managed: 'employee_id' },
      'https://acme.example/roles': { claim: 'roles' },
    },
    in_id_token: true,
  });
  await page.getByRole('button', { name: 'Remove line 1: Claims' }).click();
  await page.getByLabel('Description').fill('See all of your orders');
  await page.keyboard.press('Control+s');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await expect(page.getByRole('main').getByText('See all of your orders')).toBeVisible();
  await page.getByRole('link', { name: 'Scopes' }).first().click();
  const row = page.getByRole('row').filter({ hasText: name });
  await expect(row).toContainText('See all of your orders');
  await row.getByRole('link').click();
  await page.getByRole('button', { name: 'Delete', exact: true }).click();
  await page.getByRole('dialog').getByLabel(/^Type/).fill(name);
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByText('The scope was deleted')).toBeVisible();
  await expect(page.getByRole('row').filter({ hasText: name })).toHaveCount(0);
});
