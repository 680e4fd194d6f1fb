/** Service accounts and API keys: issued, used, replaced, revoked; and one's own. */
import { ADA, apiOf, expect, fresh, PASSWORD, type Page, signIn, test } from './world';

test.beforeEach(async ({ page }) => {
  await signIn(page, ADA);
});

async function toldKey(page: Page): Promise<string> {
  const key = await page.getByLabel('API key', { exact: true }).inputValue();
  expect(key).toMatch(/^tnk_[0-9a-f]{32}_[0-9a-f]{32}_[A-Za-z0-9_-]{43}$/);
  const done = page.getByRole('button', { name: 'I have kept it' });
  await done.click();
  await done.click();
  await expect(page.getByRole('dialog')).toHaveCount(0);
  return key;
}

/** What the API answers to a key. */
async function statusOf(page: Page, key: string): Promise<number> {
  const fresh = await page.context().browser()?.newContext();
  const answer = await fresh?.request.get(new URL('/v1/acme/projects', page.url()).href, {
    headers: { authorization: `Bearer ${key}` },
  });
  await fresh?.close();
  return answer?.status() ?? 0;
}

test('a service account gets a role and a key, which is replaced and revoked', async ({ page }) => {
  test.setTimeout(300_000);
  const name = fresh('Tide importer');
  await page.goto('/console/acme/service-accounts');
  await page.getByRole('link', { name: 'Create service account' }).first().click();
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Create service account' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.getByRole('button', { name: 'Give role' }).click();
  await page.getByRole('dialog').getByLabel('Role').selectOption({ label: 'viewer' });
  await page.getByRole('dialog').getByRole('button', { name: 'Give role' }).click();
  await expect(page.getByRole('link', { name: 'viewer' })).toBeVisible();

  await page.getByRole('button', { name: 'Issue key' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Nightly');
  await dialog.getByRole('button', { name: 'Issue key' }).click();
  await expect(page.locator('#scopes-error')).toContainText('Choose at least one');
  await dialog.getByLabel('Find permissions').fill('projects:read');
  await dialog.getByLabel('How far projects:read is granted').selectOption('any');
  await dialog.getByRole('button', { name: 'Issue key' }).click();
  const key = await toldKey(page);
  expect(await statusOf(page, key)).toBe(200);

  await page.getByRole('button', { name: 'Replace Nightly' }).click();
  await dialog.getByLabel('The old one stays good').selectOption({ label: 'Not at all' });
  await dialog.getByRole('button', { name: 'Replace' }).click();
  const next = await toldKey(page);
  await expect.poll(() => statusOf(page, key)).toBe(401);
  expect(await statusOf(page, next)).toBe(200);

  await page.getByRole('button', { name: 'Revoke Nightly' }).first().click();
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await expect.poll(() => statusOf(page, next)).toBe(401);

  await page.goto('/console/acme/api-keys');
  await expect(page.getByRole('row').filter({ hasText: name }).first()).toContainText('Revoked');
  await page.getByRole('link', { name }).first().click();
  await page.getByRole('button', { name: 'Deactivate' }).click();
  await page.getByLabel(/^Type/).fill(name);
  await dialog.getByRole('button', { name: 'Deactivate' }).click();
  await expect(page.getByText('Inactive', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Issue key' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Activate' }).click();
  await dialog.getByRole('button', { name: 'Activate' }).click();
  await expect(page.getByRole('button', { name: 'Issue key' })).toBeVisible();
});

test('somebody with keys of their own sees them, the sign-ins and the events in the profile', async ({
  page,
  browser,
}) => {
  const acme = apiOf(page, 'acme');
  const permissions = ['api_keys:read:own', 'api_keys:create:own', 'api_keys:delete:own', 'projects:read'];
  const role = await acme.post('/roles', { name: fresh('keyholder'), role_family: 'Internal', permissions });
  const email = `${fresh('kim').replace(' ', '-')}@acme.example`;
  const { data: user } = await acme.post('/users', { email, password: PASSWORD, email_verified: true });
  await acme.post(`/users/${user.id}/roles`, { role_id: role.data.id });
  const context = await browser.newContext();
  const kim = await context.newPage();
  await signIn(kim, { tenant: 'acme', email, password: PASSWORD }, true);
  await kim.goto('/console/acme/account');
  await expect(kim.getByText('No keys.')).toBeVisible();
  await kim.getByRole('button', { name: 'Issue key' }).click();
  const dialog = kim.getByRole('dialog');
  await dialog.getByLabel('Name').fill('My script');
  // Without a look at the catalogue, and only as far as Kim's own role goes.
  await expect(dialog.getByLabel('How far api_keys:read is granted').getByRole('option')).toHaveCount(2);
  await dialog.getByLabel('How far projects:read is granted').selectOption('own');
  await dialog.getByRole('button', { name: 'Issue key' }).click();
  const key = await toldKey(kim);
  expect(await statusOf(kim, key)).toBe(200);
  await expect(kim.getByText('My script')).toBeVisible();
  const signIns = kim.locator('section').filter({ has: kim.getByRole('heading', { name: 'Sign-ins' }) });
  await expect(signIns.getByText('Success').first()).toBeVisible();
  const events = kim.locator('section').filter({ has: kim.getByRole('heading', { name: 'Security events' }) });
  await expect(events.getByText('users:create')).toBeVisible();
  await kim.getByRole('button', { name: 'Revoke My script' }).click();
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await expect(kim.getByText('Revoked', { exact: true })).toBeVisible();
  await context.close();
});
