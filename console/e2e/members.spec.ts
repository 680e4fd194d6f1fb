/** Members: states with reasons, many at once, a deletion taken back, a lock and its end, sign-ins and events. */
import { ADA, apiOf, expect, fresh, PASSWORD, type Page, signIn, test } from './world';

test.beforeEach(async ({ page }) => {
  await signIn(page, ADA);
});

async function newUser(page: Page, name: string) {
  const email = `${fresh(name).replace(' ', '-')}@acme.example`;
  const body = { email, first_name: name, password: PASSWORD, email_verified: true };
  return { email, ...(await apiOf(page, 'acme').post('/users', body)).data };
}

test('a member is banned with a reason, and let in again in two steps', async ({ page }) => {
  const user = await newUser(page, 'Mallory');
  const acme = apiOf(page, 'acme');
  await page.goto(`/console/acme/members/${user.id}`);
  const change = async (state: string, reason = '') => {
    await page.getByRole('button', { name: 'Change state' }).click();
    await page.getByRole('menuitem', { name: state }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Reason').fill(reason);
    await dialog.getByRole('button', { name: 'Change state' }).click();
    await expect(dialog).toHaveCount(0);
  };
  await change('Banned', 'Sold the keys');
  await expect(page.getByText('Banned', { exact: true })).toBeVisible();
  await expect(page.getByText('Sold the keys').first()).toBeVisible();
  expect((await acme.get(`/users/${user.id}`)).data.status_reason).toBe('Sold the keys');
  await page.getByRole('button', { name: 'Change state' }).click();
  await expect(page.getByRole('menuitem')).toHaveCount(1);
  await page.keyboard.press('Escape');
  await change('Inactive');
  await change('Active');
  expect((await acme.get(`/users/${user.id}`)).data.status).toBe('active');
});

test('many are put on hold by one call, for all or for none', async ({ page }) => {
  const prefix = fresh('Bulk').replace(' ', '-').toLowerCase();
  const acme = apiOf(page, 'acme');
  const ids: string[] = [];
  for (const end of ['one', 'two', 'three']) {
    const body = { email: `${prefix}-${end}@acme.example`, email_verified: true };
    ids.push((await acme.post('/users', body)).data.id);
  }
  const writes: string[] = [];
  page.on('request', (request) => request.method() !== 'GET' && writes.push(new URL(request.url()).pathname));
  await page.goto(`/console/acme/members?search=${prefix}`);
  await page.getByLabel('Choose all rows of this page').check();
  await page.getByRole('button', { name: 'Hold' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('Papers are missing');
  await dialog.getByRole('button', { name: 'Hold' }).click();
  await expect(page.getByText('Done for 3 rows')).toBeVisible();
  await expect(page.getByRole('cell', { name: 'On hold' })).toHaveCount(3);
  expect(writes).toEqual(['/v1/acme/users/bulk/action']);
  expect((await acme.get(`/users/${ids[0]}`)).data.status_reason).toBe('Papers are missing');

  // One of them changes behind the page's back, and so none is changed.
  await acme.put(`/users/${ids[1]}`, { status: 'banned' });
  await page.getByLabel('Choose all rows of this page').check();
  await page.getByRole('button', { name: 'Activate', exact: true }).click();
  await dialog.getByRole('button', { name: 'Activate', exact: true }).click();
  await expect(dialog.getByRole('alert')).toContainText('This does not fit the present state');
  expect((await acme.get(`/users/${ids[0]}`)).data.status).toBe('hold');
});

test('a deleted member is restored', async ({ page }) => {
  const user = await newUser(page, 'Olga');
  await page.goto(`/console/acme/members/${user.id}`);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByLabel(/^Type/).fill(user.email);
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Members' })).toBeVisible();
  await page.goto(`/console/acme/members/${user.id}`);
  await expect(page.getByText('Deleted', { exact: true })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Change state' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Restore' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restore' }).click();
  await expect(page.getByText('Active', { exact: true })).toBeVisible();
  expect((await apiOf(page, 'acme').get(`/users/${user.id}`)).data.deleted_at).toBeNull();
});

test('failed sign-ins are seen, and a lock is lifted', async ({ page, playwright, baseURL }) => {
  const user = await newUser(page, 'Peggy');
  const request = await playwright.request.newContext({ baseURL });
  const attempt = (password: string) =>
    request.post('/v1/acme/auth/session', { data: { email: user.email, password }, failOnStatusCode: false });
  for (let failures = 0; failures < 5; failures += 1) {
    await expect.poll(async () => (await attempt('not-the-Password-1')).status()).toBe(401);
  }
  await page.goto(`/console/acme/members/${user.id}`);
  const security = page
    .locator('section')
    .filter({ has: page.getByRole('heading', { name: 'Security', exact: true }) });
  await expect(security.getByText('Locked')).toBeVisible();
  const signIns = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Sign-ins' }) });
  await expect(signIns.getByText('Refused').first()).toBeVisible();
  await security.getByRole('button', { name: 'Unlock' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Unlock' }).click();
  await expect(security.getByText('Locked')).toHaveCount(0);
  const events = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Security events' }) });
  await expect(events.getByText('users:update').first()).toBeVisible();
  expect((await attempt(PASSWORD)).status()).toBe(201);
  await request.dispose();
});
