/** Operators and the domains of a tenant: added, vouched for, primary, home of the issuer, removed. */
import { violations } from './axe';
import { apiOf, expect, OPERATOR, ownTenant, type Page, signIn, test } from './world';

async function choose(page: Page, domain: string, verb: string) {
  await page.getByRole('button', { name: `Actions for ${domain}` }).click();
  await page.getByRole('menuitem', { name: verb, exact: true }).click();
  return page.getByRole('dialog');
}

async function agree(page: Page, domain: string, verb: string) {
  const dialog = await choose(page, domain, verb);
  if (await dialog.getByLabel(/^Type/).isVisible()) {
    await dialog.getByLabel(/^Type/).fill(domain);
  }
  await dialog.getByRole('button', { name: verb, exact: true }).click();
  await expect(dialog).toHaveCount(0);
}

test('an operator adds a domain, vouches for it, lets the issuer live there, and removes it', async ({ page }) => {
  const admin = await ownTenant(page, 'Lock keepers');
  await page.context().clearCookies();
  await signIn(page, OPERATOR, true);
  const [tenant] = (await apiOf(page, 'platform').get(`/tenants?search=${admin.tenant}`)).data;
  await page.goto(`/console/platform/tenants/${tenant?.id}`);
  await expect(page.getByText('No domains.')).toBeVisible();
  const domain = `login.${admin.tenant}.example`;

  await page.getByRole('button', { name: 'Add domain' }).click();
  const adding = page.getByRole('dialog');
  await adding.locator('#domain').fill('localhost.');
  await adding.getByRole('button', { name: 'Add domain' }).click();
  await expect(adding.locator('#domain-error')).toBeVisible();
  await adding.locator('#domain').fill(` ${domain.toUpperCase()}. `);
  expect(await violations(page)).toEqual([]);
  await adding.getByRole('button', { name: 'Add domain' }).click();
  await expect(adding).toHaveCount(0);
  const line = page.getByRole('listitem').filter({ hasText: domain }).first();
  await expect(line.getByText('Not verified')).toBeVisible();

  await page.getByRole('button', { name: `Actions for ${domain}` }).click();
  await expect(page.getByRole('menuitem', { name: 'Let the issuer live here' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await agree(page, domain, 'Vouch for it');
  await expect(line.getByText('Verified', { exact: true })).toBeVisible();
  await agree(page, domain, 'Make primary');
  await expect(line.getByText('Primary', { exact: true })).toBeVisible();

  const moving = await choose(page, domain, 'Let the issuer live here');
  await expect(moving.getByText(/^Passkeys are of one host/)).toBeVisible();
  await expect(moving.getByRole('button', { name: 'Let the issuer live here' })).toBeDisabled();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await agree(page, domain, 'Let the issuer live here');
  await expect(line.getByText('Issuer', { exact: true })).toBeVisible();
  await expect(line.getByText(/^The issuer lives here/)).toBeVisible();
  await page.getByRole('button', { name: `Actions for ${domain}` }).click();
  await expect(page.getByRole('menuitem', { name: 'Remove' })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await agree(page, domain, 'Let the issuer move out');
  await expect(line.getByText('Issuer', { exact: true })).toHaveCount(0);
  await agree(page, domain, 'Remove');
  await expect(page.getByText('No domains.')).toBeVisible();
});

test('a domain that another tenant has proved, or that the issuer took meanwhile, is explained', async ({ page }) => {
  const admin = await ownTenant(page, 'Tide mill');
  await page.context().clearCookies();
  await signIn(page, OPERATOR, true);
  const platform = apiOf(page, 'platform');
  const [tenant] = (await platform.get(`/tenants?search=${admin.tenant}`)).data;
  const [other] = (await platform.get('/tenants?search=globex')).data;
  const taken = `taken.${admin.tenant}.example`;
  const mine = `id.${admin.tenant}.example`;
  await platform.put(`/tenants/${other?.id}/domains`, { domain: taken, is_verified: true });
  await platform.put(`/tenants/${tenant?.id}/domains`, { domain: taken });
  await platform.put(`/tenants/${tenant?.id}/domains`, { domain: mine, is_verified: true });
  await page.goto(`/console/platform/tenants/${tenant?.id}`);
  const vouching = await choose(page, taken, 'Vouch for it');
  await vouching.getByRole('button', { name: 'Vouch for it' }).click();
  await expect(vouching.getByRole('alert')).toContainText('another tenant has proved this domain');
  await page.keyboard.press('Escape');

  const removing = await choose(page, mine, 'Remove');
  await platform.put(`/tenants/${tenant?.id}/domains`, { domain: mine, is_issuer: true });
  await removing.getByLabel(/^Type/).fill(mine);
  await removing.getByRole('button', { name: 'Remove' }).click();
  await expect(removing.getByRole('alert')).toContainText('Let it move out first');
  await platform.put(`/tenants/${tenant?.id}/domains`, { domain: mine, is_issuer: false });
  await platform.delete(`/tenants/${other?.id}/domains/${taken}`);
});
