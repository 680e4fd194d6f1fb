/** Second factors in a real browser: an authenticator app, backup codes, and a passkey of Chromium's own virtual authenticator. */
import { plugIn } from './authenticator';
import { codeOf } from './totp';
import { ADA, apiOf, expect, fresh, PASSWORD, type Page, type Person, signIn, signInByForm, test } from './world';

/** Somebody new, signed in through the form, on the page of their account. */
async function arrive(page: Page): Promise<Person> {
  await signIn(page, ADA);
  const email = `${fresh('Factor').replace(' ', '-')}@acme.example`;
  const body = { email, first_name: 'Fay', password: PASSWORD, email_verified: true };
  await apiOf(page, 'acme').post('/users', body);
  await page.context().clearCookies();
  const person = { tenant: 'acme', email, password: PASSWORD };
  await signIn(page, person, true);
  await page.goto('/console/acme/account');
  return person;
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Account of Fay' }).click();
  await page.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(page.getByLabel('E-mail address')).toBeVisible();
}

/** Take the backup codes from the dialog that shows them. */
async function keepCodes(page: Page): Promise<string[]> {
  const dialog = page.getByRole('dialog', { name: 'Your backup codes' });
  const codes = (await dialog.locator('pre').innerText()).split('\n');
  expect(codes).toHaveLength(10);
  await dialog.getByRole('button', { name: 'I have kept it' }).click();
  await expect(dialog).toHaveCount(0);
  return codes;
}

const signedIn = (page: Page) => expect(page.getByRole('button', { name: 'Account of Fay' })).toBeVisible();

test('an authenticator app is set up, asked for, and stood in for by a backup code', async ({ page }) => {
  const person = await arrive(page);
  await page.getByRole('button', { name: 'Set up' }).click();
  const dialog = page.getByRole('dialog', { name: 'Set up an authenticator app' });
  const picture = dialog.getByRole('img', { name: /QR code/ });
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBeGreaterThan(0);
  const secret = await dialog.locator('pre').innerText();
  await dialog.getByLabel('Code of the app').fill(codeOf(secret));
  await dialog.getByRole('button', { name: 'Verify' }).click();
  const [first] = await keepCodes(page);
  await expect(page.getByText('10 left')).toBeVisible();

  await signOut(page);
  await signInByForm(page, person);
  await page.getByLabel('Code').fill('000000');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('The code is wrong');
  // No code is good twice: this is the next one, which the server takes a little early.
  await page.getByLabel('Code').fill(codeOf(secret, 1));
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await signedIn(page);

  await signOut(page);
  await signInByForm(page, person);
  await page.getByLabel('Code').fill(first ?? '');
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
  await signedIn(page);
  await page.goto('/console/acme/account');
  await expect(page.getByText('9 left')).toBeVisible();

  await page.getByRole('button', { name: 'Remove', exact: true }).click();
  const sure = page.getByRole('dialog', { name: 'Remove the authenticator app?' });
  await sure.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('The authenticator app was removed')).toBeVisible();
  await signOut(page);
  await signInByForm(page, person);
  await signedIn(page);
});

test('an administrator helps whoever has lost every second factor', async ({ page, browser }) => {
  const person = await arrive(page);
  await page.getByRole('button', { name: 'Set up' }).click();
  const dialog = page.getByRole('dialog', { name: 'Set up an authenticator app' });
  const secret = await dialog.locator('pre').innerText();
  await dialog.getByLabel('Code of the app').fill(codeOf(secret));
  await dialog.getByRole('button', { name: 'Verify' }).click();
  await keepCodes(page);

  const context = await browser.newContext();
  const admin = await context.newPage();
  await signIn(admin, ADA);
  const [member] = (await apiOf(admin, 'acme').get(`/users?search=${encodeURIComponent(person.email)}`)).data;
  await admin.goto(`/console/acme/members/${member?.id}`);
  await admin.getByRole('button', { name: 'Remove second factors' }).click();
  await admin.getByRole('dialog').getByRole('button', { name: 'Remove second factors' }).click();
  await expect(admin.getByText('The second factors were removed')).toBeVisible();
  await expect(admin.getByRole('button', { name: 'Remove second factors' })).toHaveCount(0);
  await context.close();

  await page.goto('/console/acme/account');
  await signInByForm(page, person);
  await signedIn(page);
});

test('a passkey is made, renamed, signs in without a password, and is removed', async ({ page, baseURL }) => {
  await plugIn(page, baseURL);
  await arrive(page);
  await page.getByRole('button', { name: 'Add passkey' }).click();
  const adding = page.getByRole('dialog', { name: 'Add a passkey' });
  await adding.getByLabel('Name').fill('Laptop');
  await adding.getByRole('button', { name: 'Add passkey' }).click();
  await keepCodes(page);
  await page.getByRole('button', { name: 'Rename Laptop' }).click();
  const renaming = page.getByRole('dialog', { name: 'Rename Laptop' });
  await renaming.getByLabel('Name').fill('Old laptop');
  await renaming.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('Old laptop')).toBeVisible();

  await signOut(page);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await signedIn(page);
  await page.goto('/console/acme/account');
  await page.getByRole('button', { name: 'Remove Old laptop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('No passkeys yet.')).toBeVisible();

  // The device still offers it; the server no longer knows it.
  await signOut(page);
  await page.getByRole('button', { name: 'Sign in with a passkey' }).click();
  await expect(page.getByRole('alert')).toContainText('This passkey is not known here');
});
