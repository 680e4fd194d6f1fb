/** Policies: writing, checking, versions, assignments, as code, tests. */
import { readFileSync } from 'node:fs';
import { ADA, apiOf, expect, fresh, type Page, signIn, test } from './world';

const PREMIUM = {
  target: { resource: 'booking', action: 'cancel' },
  rules: {
    effect: 'allow',
    conditions: [{ 'user.role': 'PremiumMember', 'booking.scheduled_time': '> now() + 24h' }],
  },
};

test.beforeEach(async ({ page }) => {
  await signIn(page, ADA);
});

async function newPolicy(page: Page, more: Record<string, unknown> = {}) {
  const { data } = await apiOf(page, 'acme').post('/policies', { name: fresh('Premium'), ...PREMIUM, ...more });
  return data;
}

test('the premium customer’s policy is made from its example, understood, and listed', async ({ page }) => {
  const name = fresh('PremiumCustomerBookingPolicy');
  await page.goto('/console/acme/policies/new');
  await page.getByRole('button', { name: /Premium customers cancel bookings/ }).click();
  await expect(page).toHaveURL(/example=premium/);
  await page.getByLabel('Name').fill(name);
  await expect(page.getByText('Understood')).toBeVisible();
  await expect(page.getByText('booking:cancel', { exact: true })).toBeVisible();
  await page.getByText('The same as Cedar').click();
  await expect(page.getByText('permit (')).toBeVisible();
  await page.getByRole('button', { name: 'Create policy' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await page.goto('/console/acme/policies?sort=-created_at');
  const row = page.getByRole('row').filter({ hasText: name });
  await expect(row).toContainText('Enabled');
  await expect(row).toContainText('Allows');
  await expect(row).toContainText('booking · cancel');
  const [made] = (await apiOf(page, 'acme').get(`/policies?name=${encodeURIComponent(name)}`)).data;
  await apiOf(page, 'acme').delete(`/policies/${made?.id}`);
});

test('every example is accepted as it is', async ({ page }) => {
  for (const name of ['premium', 'archived', 'hours', 'network', 'factor', 'device', 'owner']) {
    await page.goto(`/console/acme/policies/new?example=${name}`);
    await expect(page.getByText('Understood'), name).toBeVisible();
  }
});

test('what is wrong with a policy is shown at its line, before and after saving', async ({ page }) => {
  const policy = await newPolicy(page);
  await page.goto(`/console/acme/policies/${policy.id}`);
  const code = page.getByLabel('Target and rules');
  const text = await code.inputValue();
  await code.fill(text.replace('> now() + 24h', '> now() + a day'));
  const line = text.split('\n').findIndex((each) => each.includes('now()')) + 1;
  await expect(page.getByRole('button', { name: `Line ${line}` })).toBeVisible();
  await expect(page.locator('#json-error')).toContainText('rules/conditions/0/booking.scheduled_time');
  await page.getByRole('button', { name: `Line ${line}` }).click();
  await expect(code).toBeFocused();
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.locator('#json-error')).toContainText('rules/conditions/0/booking.scheduled_time');
  await code.fill(text.replace('"allow",', '"allow"'));
  await expect(page.locator('#json-error')).toContainText('This is not JSON');
  await code.fill(text);
  await expect(page.getByText('Understood')).toBeVisible();
});

test('a policy is written in Cedar, and Cedar’s own complaint is shown', async ({ page }) => {
  const name = fresh('Owners');
  await page.goto('/console/acme/policies/new?example=owner');
  await page.getByLabel('Name').fill(name);
  const code = page.getByLabel('Cedar', { exact: true });
  const text = await code.inputValue();
  await code.fill(text.replace('resource.status', 'resource.colour'));
  await expect(page.locator('#cedar-error')).toContainText('colour');
  await expect(page.getByRole('button', { name: 'Line 3' })).toBeVisible();
  await code.fill(text);
  await expect(page.getByText('Understood')).toBeVisible();
  await page.getByRole('button', { name: 'Create policy' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
});

test('versions are compared and rolled back; the form follows', async ({ page }) => {
  const policy = await newPolicy(page);
  await page.goto(`/console/acme/policies/${policy.id}`);
  await page.getByLabel('Priority').fill('7');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Compare version 1' }).click();
  await expect(page).toHaveURL(/from=1/);
  const row = page.getByRole('row').filter({ hasText: 'priority' });
  await expect(row).toContainText('0');
  await expect(row).toContainText('7');
  await page.getByRole('button', { name: 'Roll back to version 1' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
  await expect(page.getByText('Version 1 is in force again')).toBeVisible();
  await expect(page.getByLabel('Priority')).toHaveValue('0');
  await expect(page.getByText('Version 3')).toBeVisible();
});

test('a policy is disabled, assigned to a role, and saved afterwards without a conflict', async ({ page }) => {
  const policy = await newPolicy(page);
  const { data: role } = await apiOf(page, 'acme').post('/roles', { name: fresh('Premium'), role_family: 'Customer' });
  await page.goto(`/console/acme/policies/${policy.id}`);
  await page.getByRole('button', { name: 'Disable' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Disable' }).click();
  await expect(page.getByText('Disabled')).toBeVisible();
  await page.getByRole('button', { name: 'Assign' }).click();
  await page.getByRole('dialog').getByLabel('Role').selectOption({ label: role.name });
  await page.getByRole('dialog').getByRole('button', { name: 'Assign' }).click();
  await expect(page.getByRole('link', { name: role.name })).toBeVisible();
  await page.getByLabel('Description').fill('For our best customers');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByRole('button', { name: 'Discard changes' })).toHaveCount(0);
  await expect(page.getByText('Someone else changed this')).toHaveCount(0);
  await page.getByRole('button', { name: 'Take the assignment away' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take the assignment away' }).click();
  await expect(page.getByText('Everybody.', { exact: true })).toBeVisible();
});

test('policies leave as a file and come back: first what would change, then the change', async ({ page }) => {
  const policy = await newPolicy(page);
  await page.goto('/console/acme/policies');
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export' }).click();
  const file = await (await downloading).path();
  const bundle = JSON.parse(readFileSync(file, 'utf8')) as { policies: { name: string; priority: number }[] };
  const own = bundle.policies.find(({ name }) => name === policy.name);
  expect(own).toBeTruthy();

  await page.getByRole('link', { name: 'Import' }).click();
  const code = page.getByLabel('Policies as JSON');
  const broken = {
    policies: [{ name: policy.name, ...PREMIUM, target: { resource: 'nothing-like-it', action: 'cancel' } }],
  };
  await code.fill(JSON.stringify(broken, null, 2));
  await page.getByRole('button', { name: 'Check first' }).click();
  await expect(page.locator('#bundle-error')).toContainText('policies/0/target');
  await code.fill(JSON.stringify({ policies: [{ ...own, priority: 9 }] }, null, 2));
  await expect(page.getByRole('button', { name: 'Import', exact: true })).toBeDisabled();
  await page.getByRole('button', { name: 'Check first' }).click();
  await expect(page.getByText('Change (1)')).toBeVisible();
  await page.getByRole('button', { name: 'Import', exact: true }).click();
  await expect(page.getByText('The policies were imported')).toBeVisible();
  expect((await apiOf(page, 'acme').get(`/policies/${policy.id}`)).data.priority).toBe(9);
});

test('tests of policies run, and say what failed', async ({ page }) => {
  await page.goto('/console/acme/policies/tests');
  await page.getByRole('button', { name: 'Run tests' }).click();
  await expect(page.getByText('2 passed · 0 failed')).toBeVisible();
  const code = page.getByLabel('Test file');
  await code.fill((await code.inputValue()).replace('"expect": "deny"', '"expect": "allow"'));
  await page.getByRole('button', { name: 'Run tests' }).click();
  await expect(page.getByText('1 passed · 1 failed')).toBeVisible();
});

test('a draft is tried on recorded decisions', async ({ page, browser }) => {
  const acme = apiOf(page, 'acme');
  const email = `${fresh('eve').replace(' ', '-')}@acme.example`;
  await acme.post('/users', { email, password: ADA.password, email_verified: true });
  const context = await browser.newContext();
  const eve = await context.newPage();
  await signIn(eve, { tenant: 'acme', email, password: ADA.password }, true);
  const refused = await eve.context().request.get('/v1/acme/roles');
  expect(refused.status()).toBe(403);
  await context.close();
  await page.goto('/console/acme/policies/new');
  await page.getByLabel('Name').fill(fresh('Eve reads roles'));
  await page.getByLabel('Target and rules').fill(
    JSON.stringify(
      {
        target: { resource: 'role', action: 'read' },
        rules: { effect: 'allow', conditions: [{ 'user.email': email }] },
      },
      null,
      2,
    ),
  );
  await expect(page.getByText('Understood')).toBeVisible();
  await expect
    .poll(async () => (await acme.get('/access/logs?decision=deny&action=roles:read')).data.length)
    .toBeGreaterThan(0);
  await page.getByRole('button', { name: 'Try on recorded decisions' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByText(/decisions? would be different/)).toBeVisible();
  await expect(dialog.getByText('roles:read').first()).toBeVisible();
});
