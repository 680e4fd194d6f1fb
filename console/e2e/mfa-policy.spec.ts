/** The policy of second factors: made strict, warned about, and met by the next sign-in. */

import { plugIn } from './authenticator';
import { violations } from './axe';
import { apiOf, expect, ownTenant, PASSWORD, signInByForm, test } from './world';

test('everybody must have a second factor, after a warning', async ({ page, browser }) => {
  const admin = await ownTenant(page, 'Strict quay');
  const own = apiOf(page, admin.tenant);
  const email = `fay@${admin.tenant}.example`;
  await own.post('/users', { email, first_name: 'Fay', password: PASSWORD, email_verified: true });
  await page.goto(`/console/${admin.tenant}/second-factors`);
  await expect(page.getByText('Nobody is made to set one up.')).toBeVisible();
  await page.getByRole('radio', { name: /^Everybody must/ }).check();
  await expect(page.getByText('2 of 2 active members have none yet.')).toBeVisible();
  await expect(page.getByRole('link', { name: 'Set up mine' })).toBeVisible();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Tick this to go on.')).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect.poll(() => violations(page)).toEqual([]);
  }
  await page.getByLabel('Days of grace').fill('7');
  await expect(page.getByRole('checkbox', { name: /^I know that people/ })).toHaveCount(0);
  await page.getByRole('checkbox', { name: 'Codes by text message' }).uncheck();
  await page.keyboard.press('Control+s');
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await expect(page.getByText('As strict since')).toBeVisible();

  // Fewer days than have been granted hold people up at once: that has to be said.
  await page.getByLabel('Days of grace').fill('0');
  await page.getByRole('checkbox', { name: /^I know that people/ }).check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('It holds now')).toBeVisible();
  await expect(page.getByRole('checkbox', { name: /^I know that people/ })).toHaveCount(0);

  const context = await browser.newContext();
  const fay = await context.newPage();
  await fay.goto(`/console/${admin.tenant}/sign-in`);
  await signInByForm(fay, { tenant: admin.tenant, email, password: PASSWORD });
  await expect(fay.getByText('Your organisation asks for a second factor.')).toBeVisible();
  await expect(fay.getByRole('button', { name: 'With codes by text message' })).toHaveCount(0);
  await context.close();
});

test('some roles must have one, and who may only look changes nothing', async ({ page, browser }) => {
  const admin = await ownTenant(page, 'Careful quay');
  const own = apiOf(page, admin.tenant);
  const role = await own.post('/roles', { name: 'cashier', role_family: 'Internal', permissions: ['mfa_policy:read'] });
  const email = `lou@${admin.tenant}.example`;
  const lou = await own.post('/users', { email, first_name: 'Lou', password: PASSWORD, email_verified: true });
  await own.post(`/users/${lou.data.id}/roles`, { role_id: role.data.id });
  await page.goto(`/console/${admin.tenant}/second-factors`);
  await page.getByRole('radio', { name: /^Some roles must/ }).check();
  await page.getByLabel('Days of grace').fill('3');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.locator('#role_ids-error')).toHaveText('Choose at least one role.');
  await page.getByRole('checkbox', { name: 'cashier' }).check();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();

  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(`/console/${admin.tenant}/sign-in`);
  await signInByForm(other, { tenant: admin.tenant, email, password: PASSWORD });
  await expect(other.getByRole('navigation', { name: 'Menu' })).toBeVisible();
  await other.goto(`/console/${admin.tenant}/second-factors`);
  await expect(other.getByRole('radio', { name: /^Some roles must/ })).toBeDisabled();
  await expect(other.getByRole('button', { name: 'Save', exact: true })).toHaveCount(0);
  await context.close();
});

test('a passkey is made on the way in, and proves later who one is', async ({ page, baseURL }) => {
  await plugIn(page, baseURL);
  const admin = await ownTenant(page, 'Keyed quay');
  const own = apiOf(page, admin.tenant);
  const email = `fay@${admin.tenant}.example`;
  await own.post('/users', { email, first_name: 'Fay', password: PASSWORD, email_verified: true });
  await own.put('/auth/mfa/policy', { required: 'everybody', methods: ['totp', 'passkey'] });
  await page.context().clearCookies();
  await page.goto(`/console/${admin.tenant}/sign-in`);
  await signInByForm(page, { tenant: admin.tenant, email, password: PASSWORD });
  await page.getByRole('button', { name: 'With a passkey', exact: true }).click();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await expect(page.getByRole('button', { name: 'Account of Fay' })).toBeVisible();

  // As if signing in had been a while ago: the first answer asks for proof.
  let isAsked = false;
  await page.route('**/auth/mfa/backup-codes', async (route) => {
    const json = { status: 401, code: 'proof_too_old', title: 'Unauthorized', detail: 'Prove who you are.' };
    await (isAsked ? route.continue() : route.fulfill({ status: 401, json }));
    isAsked = true;
  });
  await page.goto(`/console/${admin.tenant}/account`);
  await page.getByRole('button', { name: 'New codes' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'New codes' }).click();
  await page.getByRole('dialog', { name: 'Is it you?' }).getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page.getByRole('dialog', { name: 'Your backup codes' })).toBeVisible();
});
