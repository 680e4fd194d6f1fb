/** Identity providers: set up, tried, switched on, changed, deleted; and one's own accounts there. */
import { Idp } from './idp';
import { ADA, apiOf, expect, fresh, PASSWORD, type Page, signIn, test } from './world';

let idp: Idp;
test.beforeAll(async () => {
  idp = await Idp.start();
});
test.afterAll(() => idp.stop());
test.beforeEach(async ({ page }) => {
  idp.isShy = false;
  await signIn(page, ADA);
});

const slugOf = (name: string) => name.toLowerCase().replaceAll(' ', '-');

/** A provider that asks the one of the tests. */
async function setUp(page: Page, more: Record<string, unknown> = {}) {
  const name = fresh('Corp');
  const { client, secret, issuer } = idp;
  const body = { type: 'oidc', name, slug: slugOf(name), issuer, client_id: client, client_secret: secret, ...more };
  const { data } = await apiOf(page, 'acme').post('/identity-providers', body);
  return { name, id: data.id, path: `/console/acme/identity-providers/${data.id}` };
}

async function remove(page: Page, id: string): Promise<void> {
  await apiOf(page, 'acme').delete(`/identity-providers/${id}`);
}

/** Press the button of the dialog, and see what comes of it. */
async function go(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Try sign-in' }).click();
  const leave = page.getByRole('dialog').getByRole('button', { name: /^Go to 127\.0\.0\.1/ });
  // Not a visit, but a press of the button: the browser then lets a window open.
  await leave.click();
}

test('a provider is set up, tried, switched on, offered, and deleted', async ({ page, browser }) => {
  const name = fresh('Corp');
  idp.claims = {
    sub: fresh('subject'),
    email: 'nora@corp.example',
    email_verified: true,
    groups: ['Engineers', 'Cooks'],
  };
  await page.goto('/console/acme/identity-providers');
  await page.getByRole('link', { name: 'Set up provider' }).first().click();
  await page.getByRole('radio', { name: /^OpenID Connect/ }).check();
  await page.getByLabel('Name', { exact: false }).first().fill(name);
  await page.getByLabel('Short name').fill(slugOf(name));
  await expect(page.getByText(`/api/v1/auth/oauth/${slugOf(name)}/callback/acme`)).toBeVisible();
  await page.getByRole('textbox', { name: 'Issuer' }).fill(idp.issuer);
  await page.getByLabel('Client id').fill(idp.client);
  await page.getByLabel('Client secret').fill(idp.secret);
  await page.getByLabel('E-mail domains, line 1').fill('corp.example');
  await page.getByLabel('Make new people members').check();
  await page.getByRole('button', { name: 'Add group' }).click();
  await page.getByLabel('Group there, line 1').fill('Engineers');
  await page.getByRole('button', { name: 'Set up provider' }).click();
  await expect(page.locator('#group_roles-error')).toContainText('a group and a role');
  await page.getByLabel('Role here, line 1').selectOption({ label: 'viewer' });
  await page.getByRole('button', { name: 'Set up provider' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page.getByText('Switched off', { exact: true })).toBeVisible();
  await expect(page.locator('body')).not.toContainText(idp.secret);
  await expect(page.getByLabel('Client secret')).toHaveValue('');

  await go(page);
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText('Becomes a member')).toBeVisible();
  await expect(dialog.getByText('Engineers, Cooks')).toBeVisible();
  await expect(dialog.getByText('viewer', { exact: true })).toBeVisible();
  await expect(dialog.getByRole('region', { name: 'What the provider says' })).toContainText('nora@corp.example');
  await dialog.getByRole('button', { name: 'Close' }).first().click();

  await page.getByRole('button', { name: 'Switch on' }).click();
  await dialog.getByRole('button', { name: 'Switch on' }).click();
  await expect(page.getByText('Active', { exact: true })).toBeVisible();
  const context = await browser.newContext();
  const answer = await context.request.get(`/api/v1/auth/oauth/${slugOf(name)}/login/acme`);
  expect(answer.status()).toBe(200);
  await context.close();

  await page.getByRole('button', { name: 'Delete' }).click();
  const destroy = dialog.getByRole('button', { name: 'Delete' });
  await expect(destroy).toBeDisabled();
  await page.getByLabel(/^Type/).fill(name);
  await destroy.click();
  await expect(page.getByRole('heading', { level: 1, name: 'Identity providers' })).toBeVisible();
  await expect(page.getByRole('link', { name })).toHaveCount(0);
});

test('what is wrong is said at its field, before and after it is sent', async ({ page }) => {
  await page.goto('/console/acme/identity-providers/new');
  await expect(page.getByRole('radio', { name: /^Microsoft/ })).toBeChecked();
  await page.getByLabel('Directory (tenant) id').fill('common');
  await page.getByLabel('Client id').fill('x');
  await page.getByLabel('Client secret').fill('x');
  await page.getByRole('button', { name: 'Set up provider' }).click();
  await expect(page.locator('#directory_id-error')).toContainText('common');
  await page.getByRole('radio', { name: /^Google/ }).check();
  await page.getByLabel('Make new people members').check();
  await page.getByRole('button', { name: 'Set up provider' }).click();
  await expect(page.locator('#auto_provision-error')).toContainText('everybody can have a Google account');
  await page.getByRole('radio', { name: /^OpenID Connect/ }).check();
  await page.getByLabel('Make new people members').uncheck();
  await page.getByRole('textbox', { name: 'Issuer' }).fill('http://10.0.0.1');
  await page.getByRole('button', { name: 'Set up provider' }).click();
  await expect(page.locator('#issuer-error')).not.toBeEmpty();
});

test('settings are changed without the secret, which another issuer needs anew', async ({ page }) => {
  const { id, path } = await setUp(page, { email_domains: ['corp.example'], enabled: false });
  await page.goto(path);
  await page.getByLabel('Trust their addresses').check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  idp.claims = { sub: 's', email: 'nora@corp.example' };
  await go(page);
  await expect(page.getByRole('dialog').getByText('nobody is made a user by signing in')).toBeVisible();
  await page.getByRole('dialog').getByRole('button', { name: 'Close' }).first().click();

  await page.getByRole('textbox', { name: 'Issuer' }).fill('https://login.other.example');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.locator('#client_secret-error')).toBeVisible();
  await page.getByLabel('Client secret').fill('another');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByLabel('Client secret')).toHaveValue('');
  await page.getByRole('button', { name: 'Try sign-in' }).click();
  await expect(page.getByRole('dialog').getByRole('alert')).toContainText('cannot be asked');
  await remove(page, id);
});

test('the answer is pasted where nobody may look into the other window', async ({ page }) => {
  idp.isShy = true;
  idp.claims = { sub: 's', email: 'nora@other.example', email_verified: true };
  const { id, path } = await setUp(page, { email_domains: ['corp.example'], auto_provision: true });
  await page.goto(path);
  const opened = page.context().waitForEvent('page');
  await go(page);
  const other = await opened;
  await other.getByRole('link', { name: 'Go back' }).click();
  await expect(other.locator('pre')).toContainText('another domain');
  expect(await other.evaluate(() => window.opener)).toBeNull();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Or paste the answer').fill(await other.locator('pre').innerText());
  await expect(dialog.getByText('its e-mail address is of another domain')).toBeVisible();
  await expect(dialog.getByText('Refused', { exact: true })).toBeVisible();
  await remove(page, id);
});

test('one’s own account is linked at the provider and unlinked again', async ({ page, browser }) => {
  const { id, name } = await setUp(page);
  const email = `${fresh('lin').replace(' ', '-')}@acme.example`;
  await apiOf(page, 'acme').post('/users', { email, password: PASSWORD, email_verified: true });
  idp.claims = { sub: fresh('lin'), email: 'lin@elsewhere.example', email_verified: true };
  const context = await browser.newContext();
  const lin = await context.newPage();
  await signIn(lin, { tenant: 'acme', email, password: PASSWORD }, true);
  await lin.goto('/console/acme/account');
  await expect(lin.getByText('No linked accounts.')).toBeVisible();
  await lin.getByRole('button', { name: 'Link an account' }).click();
  await lin.getByLabel('Provider').selectOption({ label: name });
  await lin.getByRole('button', { name: 'Continue' }).click();
  const opened = context.waitForEvent('page');
  await lin.getByRole('link', { name: /^Go to 127\.0\.0\.1/ }).click();
  const other = await opened;
  await expect(other.getByRole('heading', { name: 'The account is linked' })).toBeVisible();
  await other.close();
  await lin.reload();
  await expect(lin.getByText('lin@elsewhere.example')).toBeVisible();
  await lin.getByRole('button', { name: `Unlink ${name}` }).click();
  await lin.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click();
  await expect(lin.getByText('No linked accounts.')).toBeVisible();
  await context.close();
  await remove(page, id);
});

test('who may only look changes nothing', async ({ page, browser }) => {
  const { id, path } = await setUp(page, { enabled: false });
  const acme = apiOf(page, 'acme');
  const permissions = ['identity_providers:read', 'invitations:read', 'registration:read'];
  const role = await acme.post('/roles', { name: fresh('looker'), role_family: 'Internal', permissions });
  const email = `${fresh('lou').replace(' ', '-')}@acme.example`;
  const { data: user } = await acme.post('/users', { email, password: PASSWORD, email_verified: true });
  await acme.post(`/users/${user.id}/roles`, { role_id: role.data.id });
  const context = await browser.newContext();
  const lou = await context.newPage();
  await signIn(lou, { tenant: 'acme', email, password: PASSWORD }, true);
  await lou.goto(path);
  await expect(lou.getByRole('textbox', { name: 'Issuer' })).toBeDisabled();
  for (const name of ['Save', 'Try sign-in', 'Switch on', 'Delete']) {
    await expect(lou.getByRole('button', { name, exact: true })).toHaveCount(0);
  }
  await lou.goto('/console/acme/invitations');
  await expect(lou.getByRole('heading', { level: 1, name: 'Invitations' })).toBeVisible();
  await expect(lou.getByRole('link', { name: 'Invite', exact: true })).toHaveCount(0);
  await lou.goto('/console/acme/registration');
  await expect(lou.getByRole('radio', { name: /^Closed/ })).toBeDisabled();
  await context.close();
  await remove(page, id);
});
