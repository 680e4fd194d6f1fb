/** Devices: one is trusted while signing in, stands for the second factor, is renamed, distrusted and removed. */
import { violations } from './axe';
import { codeOf } from './totp';
import { ADA, apiOf, expect, fresh, PASSWORD, type Page, type Person, signIn, signInByForm, test } from './world';

/** Somebody new with an authenticator app, signed in on the page of their account; and the secret of the app. */
async function arrive(page: Page): Promise<{ person: Person; secret: string; id: string }> {
  await signIn(page, ADA);
  const email = `${fresh('Devi').replace(' ', '-')}@acme.example`;
  const body = { email, first_name: 'Devi', password: PASSWORD, email_verified: true };
  const { data } = await apiOf(page, 'acme').post('/users', body);
  await page.context().clearCookies();
  const person = { tenant: 'acme', email, password: PASSWORD };
  await signIn(page, person, true);
  await page.goto('/console/acme/account');
  await page.getByRole('button', { name: 'Set up' }).click();
  const dialog = page.getByRole('dialog', { name: 'Set up an authenticator app' });
  const secret = await dialog.locator('pre').innerText();
  await dialog.getByLabel('Code of the app').fill(codeOf(secret));
  await dialog.getByRole('button', { name: 'Verify' }).click();
  const codes = page.getByRole('dialog', { name: 'Your backup codes' });
  await codes.getByRole('button', { name: 'Copy' }).click();
  await codes.getByRole('button', { name: 'I have kept it' }).click();
  await expect(page.getByText('10 left')).toBeVisible();
  return { person, secret, id: data.id };
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Account of Devi' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByLabel('E-mail address')).toBeVisible();
}

const signedIn = (page: Page) => expect(page.getByRole('button', { name: 'Account of Devi' })).toBeVisible();

test('a browser that is trusted stands for the second factor, until it is not trusted any more', async ({ page }) => {
  const { person, secret } = await arrive(page);
  await signOut(page);
  await signInByForm(page, person);
  await page.getByLabel('Code').fill(codeOf(secret, 1));
  await expect(page.getByLabel('Trust this browser for 30 days')).not.toBeChecked();
  await page.getByLabel('Trust this browser for 30 days').check();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect.poll(() => violations(page)).toEqual([]);
  }
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await signedIn(page);
  await signOut(page);
  await signInByForm(page, person);
  await signedIn(page);

  await page.goto('/console/acme/account');
  await expect(page.getByText('Password on a trusted device').first()).toBeVisible();
  await expect(page.getByText(/^Trusted until/)).toBeVisible();
  await page.getByRole('button', { name: /^Rename Chrome/ }).click();
  await page.getByRole('dialog').getByLabel('Name').fill('Ship’s laptop');
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('button', { name: 'Rename Ship’s laptop' })).toBeVisible();
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    await expect.poll(() => violations(page)).toEqual([]);
  }
  await page.getByRole('button', { name: 'Stop trusting Ship’s laptop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop trusting' }).click();
  await expect(page.getByText(/^Trusted until/)).toHaveCount(0);
  await signOut(page);
  await signInByForm(page, person);
  await expect(page.getByLabel('Code')).toBeVisible();
});

test('an administrator sees a member’s devices and removes one: its sessions end', async ({ page, browser }) => {
  await signIn(page, ADA);
  const email = `${fresh('Devi').replace(' ', '-')}@acme.example`;
  const body = { email, first_name: 'Devi', password: PASSWORD, email_verified: true };
  const { data } = await apiOf(page, 'acme').post('/users', body);
  const context = await browser.newContext();
  const devi = await context.newPage();
  await signIn(devi, { tenant: 'acme', email, password: PASSWORD }, true);
  await page.goto(`/console/acme/members/${data.id}`);
  await page.getByRole('button', { name: /^Remove Chrome/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('No devices.')).toBeVisible();
  await expect
    .poll(async () => (await context.request.get('/v1/acme/users/me')).status(), { timeout: 10_000 })
    .toBe(401);
  await context.close();
});
