/** Clients of the OpenID provider: registered, connected, changed, given a new secret, switched off, deleted. */
import { ADA, apiOf, expect, fresh, type Page, signIn, test } from './world';

test.beforeEach(async ({ page }) => {
  await signIn(page, ADA);
});

/** What the dialog shows once. */
async function toldSecret(page: Page): Promise<string> {
  const secret = await page.getByLabel('Client secret').inputValue();
  expect(secret).toMatch(/^tcs_[A-Za-z0-9_-]{43}$/);
  return secret;
}

/** Whether the provider takes a client's secret: it answers a wrong code, not a wrong client. */
async function isTaken(page: Page, id: string, secret: string): Promise<boolean> {
  const answer = await page.context().request.post('/t/acme/oauth2/token', {
    headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
    form: { grant_type: 'client_credentials' },
  });
  return answer.status() === 200;
}

test('a machine is registered, its secret is told once and works, and a new one replaces it', async ({ page }) => {
  const name = fresh('Invoice robot');
  await page.goto('/console/acme/clients/new');
  await page.getByRole('radio', { name: /^Vendor’s server/ }).check();
  await expect(page.getByRole('radio', { name: /^Machine/ })).toBeChecked();
  await expect(page.getByRole('group', { name: /^Redirect addresses/ })).toHaveCount(0);
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Register client' }).click();
  const dialog = page.getByRole('dialog', { name: 'The client was registered' });
  const secret = await toldSecret(page);
  await page.keyboard.press('Escape');
  await expect(dialog.getByRole('alert')).toContainText('not copied yet');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await dialog.getByRole('button', { name: 'Copy the secret' }).click();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(secret);
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page.locator('body')).not.toContainText(secret);
  const id = page.url().split('/').at(-1) ?? '';
  expect(await isTaken(page, id, secret)).toBe(true);

  const connect = page.getByRole('region', { name: 'Node, openid-client' });
  await expect(connect).toContainText(`'${id}'`);
  await expect(connect).toContainText('clientCredentialsGrant');
  await expect(page.getByText(/\/t\/acme\/\.well-known\/openid-configuration$/)).toBeVisible();

  await page.getByRole('button', { name: 'Make a new secret' }).click();
  await page.getByRole('dialog').getByLabel('The old one stays good').selectOption({ label: 'Not at all' });
  await page.getByRole('dialog').getByRole('button', { name: 'Make a new secret' }).click();
  const next = await toldSecret(page);
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await expect.poll(() => isTaken(page, id, secret)).toBe(false);
  expect(await isTaken(page, id, next)).toBe(true);
});

test('wrong addresses are marked at their lines, before and after they are sent', async ({ page }) => {
  const name = fresh('Harbour app');
  await page.goto('/console/acme/clients/new');
  await page.getByRole('radio', { name: /^Partner/ }).check();
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Register client' }).click();
  await expect(page.locator('#redirect_uris-error')).toContainText('This is needed');
  const first = page.getByLabel('Redirect addresses, line 1');
  await expect(first).toBeFocused();
  await first.fill('http://app.example.com/callback');
  await page.keyboard.press('Tab');
  await expect(page.locator('#redirect_uris-error')).toContainText('use https');
  await first.fill('https://app.example.com/callback');
  await expect(page.locator('#redirect_uris-error')).toHaveCount(0);
  await page.getByRole('group', { name: 'Redirect addresses' }).getByRole('button', { name: 'Add address' }).click();
  // The browser's own reading is more patient than the server's.
  await page.getByLabel('Redirect addresses, line 2').fill('https:app.example.com/#x');
  await page.getByRole('button', { name: 'Register client' }).click();
  await expect(page.getByLabel('Redirect addresses, line 2')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.getByLabel('Redirect addresses, line 1')).toHaveAttribute('aria-invalid', 'false');
  await page.getByRole('button', { name: 'Remove line 2: Redirect addresses' }).click();
  await page.getByRole('button', { name: 'Register client' }).click();
  await toldSecret(page);
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page.getByLabel('Redirect addresses, line 1')).toHaveValue('https://app.example.com/callback');
});

test('settings are changed, a lost update is shown, and the client is switched off and deleted', async ({ page }) => {
  const acme = apiOf(page, 'acme');
  const name = fresh('Ferry tickets');
  const uris = ['https://ferry.example.com/callback'];
  const { data } = await acme.post('/oauth/clients', { name, preset: 'user', redirect_uris: uris });
  await page.goto(`/console/acme/clients/${data.id}`);
  await page.getByLabel('roles', { exact: true }).check();
  await page.getByLabel('On devices without a browser').check();
  await page.getByLabel('Further scopes').fill('projects:read');
  await page.getByLabel('Told of sign-outs at').fill('http://app.example.com/out');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.locator('#backchannel_logout_uri-error')).toContainText('https');
  await page.getByLabel('Told of sign-outs at').fill('');
  await page.getByLabel('Access token').fill('59');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.locator('#access_token_seconds-error')).toContainText('60');
  await page.getByLabel('Access token').fill('120');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  const saved = (await acme.get(`/oauth/clients/${data.id}`)).data;
  expect(saved.scopes).toEqual(expect.arrayContaining(['openid', 'roles', 'projects:read']));
  await expect(page.getByRole('button', { name: 'Make a new secret' })).toHaveCount(0);

  await page.getByLabel('Description').fill('Mine');
  await acme.put(`/oauth/clients/${data.id}`, { description: 'Theirs' });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const conflict = page.getByRole('alert').filter({ hasText: 'Someone else changed this' });
  await expect(conflict.getByRole('cell', { name: 'Theirs' })).toBeVisible();
  await conflict.getByRole('button', { name: 'Take the saved version' }).click();

  await page.getByRole('button', { name: 'Switch off' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Switch off' }).click();
  await expect(page.getByText('Switched off', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Delete' }).click();
  const destroy = page.getByRole('dialog').getByRole('button', { name: 'Delete' });
  await expect(destroy).toBeDisabled();
  await page.getByLabel(/^Type/).fill(name);
  await destroy.click();
  await expect(page.getByRole('heading', { level: 1, name: 'Clients' })).toBeVisible();
  await page.getByLabel('State').selectOption({ label: 'Switched off' });
  await expect(page.getByRole('link', { name })).toHaveCount(0);
});

test('a name that another client has is refused at the field', async ({ page }) => {
  const name = fresh('Twice');
  await apiOf(page, 'acme').post('/oauth/clients', { name, kind: 'machine' });
  await page.goto('/console/acme/clients/new');
  await page.getByRole('radio', { name: /^Machine/ }).check();
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Register client' }).click();
  await expect(page.locator('#name-error')).toContainText('another client has this name');
});
