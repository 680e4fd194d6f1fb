/** Invitations, of one and of many, and the policy of registration. */
import { ADA, apiOf, expect, fresh, signIn, test } from './world';

test.beforeEach(async ({ page }) => {
  await signIn(page, ADA);
});

const addressOf = (name: string) => `${fresh(name).toLowerCase().replace(' ', '-')}@guest.example`;

test('somebody is invited with a role, again only after a while, and the invitation is revoked', async ({ page }) => {
  const email = addressOf('Ivy');
  await page.goto('/console/acme/invitations');
  await page.getByRole('link', { name: 'Invite', exact: true }).first().click();
  await page.getByLabel('E-mail address').fill('nobody');
  await page.getByRole('button', { name: 'Invite' }).click();
  await expect(page.locator('#email-error')).toBeVisible();
  await page.getByLabel('E-mail address').fill(email);
  await page.getByLabel('First name').fill('Ivy');
  await page.getByLabel('viewer', { exact: true }).check();
  await page.getByLabel('Language').selectOption({ label: 'Deutsch' });
  await page.getByLabel('The link counts for').selectOption({ label: '14 days' });
  await page.getByRole('button', { name: 'Invite' }).click();
  const row = page.getByRole('row').filter({ hasText: email });
  await expect(row).toContainText('Invited');
  await expect(row).toContainText('viewer');

  await page.getByRole('button', { name: `Send again: the invitation of ${email}` }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Send again' }).click();
  await expect(dialog.getByRole('alert')).toContainText('Too many requests');
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  await page.getByRole('button', { name: `Revoke the invitation of ${email}` }).click();
  await dialog.getByRole('button', { name: 'Revoke' }).click();
  await expect(row).toContainText('Revoked');
  await page.getByLabel('State').selectOption({ label: 'Invited' });
  await expect(row).toHaveCount(0);
  await page.getByRole('button', { name: 'Clear filters' }).first().click();
  await page.getByLabel('Exact address').fill(email);
  await expect(page.getByRole('row')).toHaveCount(2);
});

test('a table is worked through row by row, and what failed is mended', async ({ page }) => {
  const [first, second] = [addressOf('Una'), addressOf('Duo')];
  await page.goto('/console/acme/invitations');
  await page.getByRole('link', { name: 'Invite many' }).first().click();
  const table = page.getByLabel('People as CSV');
  await table.fill('email,role\nx@guest.example,admin\n');
  await page.getByRole('button', { name: 'Invite all' }).click();
  await expect(page.locator('#csv-error')).toContainText('no column “role”');
  const buffer = Buffer.from(`email,first_name\n${first},"Una, the first"\n${ADA.email},Ada\nnobody,\n`);
  await page.locator('input[type=file]').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer });
  await expect(page.getByText('3 people')).toBeVisible();
  await page.getByRole('button', { name: 'Invite all' }).click();
  await expect(page.getByText('1 invited · 2 failed')).toBeVisible();
  const results = page.getByRole('table');
  await expect(results.getByRole('row').filter({ hasText: ADA.email })).toContainText('Is a member');
  await expect(results.getByRole('row').filter({ hasText: 'nobody' })).toContainText('Not valid');
  await page.getByRole('button', { name: 'Line 4' }).click();
  await expect(table).toBeFocused();

  await page.getByRole('button', { name: 'Keep those that failed' }).click();
  await expect(table).toHaveValue(`email,first_name\n${ADA.email},Ada\nnobody,\n`);
  await table.fill(`email\n${second}\n`);
  await page.getByRole('button', { name: 'Invite all' }).click();
  await expect(page.getByText('1 invited · 0 failed')).toBeVisible();
  await page.getByRole('link', { name: 'Invitations' }).first().click();
  await expect(page.getByRole('row').filter({ hasText: first })).toContainText('Una, the first');
  await page.getByLabel('Choose all rows of this page').check();
  await page.getByRole('button', { name: 'Revoke', exact: true }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await expect(page.getByRole('row').filter({ hasText: second })).toContainText('Revoked');
});

test('registration is opened for a domain, and closed again', async ({ page }) => {
  const acme = apiOf(page, 'acme');
  await acme.put('/registration-policy', { mode: 'off', allowed_domains: [] });
  await page.goto('/console/acme/registration');
  await page.getByRole('radio', { name: /^By domain/ }).check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.locator('#allowed_domains-error')).toContainText('This is needed');
  await page.getByLabel('Allowed domains, line 1').fill('guest.example');
  await page.getByRole('radio', { name: /^customer/ }).check();
  await page.keyboard.press('Control+s');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  const address = page.getByRole('link', { name: /\/t\/acme\/register$/ });
  await expect(address).toBeVisible();
  expect((await page.context().request.get('/t/acme/register')).status()).toBe(200);

  await page.getByRole('radio', { name: /^Open/ }).check();
  await acme.put('/registration-policy', { mode: 'approval' });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const conflict = page.getByRole('alert').filter({ hasText: 'Someone else changed this' });
  await expect(conflict.getByRole('cell', { name: 'approval' })).toBeVisible();
  await conflict.getByRole('button', { name: 'Take the saved version' }).click();
  await expect(page.getByRole('radio', { name: /^With approval/ })).toBeChecked();
  await page.getByRole('radio', { name: /^Closed/ }).check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(address).toHaveCount(0);
  expect((await page.context().request.get('/t/acme/register')).status()).toBe(403);
});
