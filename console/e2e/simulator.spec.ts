/** Questions to the server: may somebody do something, what can they do, who can do it; and what it decided. */
import { denied } from './routes';
import { ADA, apiOf, expect, fresh, type Page, signIn, test } from './world';

test.beforeEach(async ({ page }) => {
  await signIn(page, ADA);
});

/** A premium customer and the policy that lets them cancel a day before. */
async function premium(page: Page) {
  const acme = apiOf(page, 'acme');
  const roleName = fresh('PremiumCustomer');
  const { data: role } = await acme.post('/roles', { name: roleName, role_family: 'Customer' });
  const email = `${fresh('carol').replace(' ', '-')}@acme.example`;
  const { data: user } = await acme.post('/users', { email, password: ADA.password, email_verified: true });
  await acme.post(`/users/${user.id}/roles`, { role_id: role.id });
  const { data: policy } = await acme.post('/policies', {
    name: fresh('Premium'),
    target: { resource: 'booking', action: 'cancel' },
    rules: { effect: 'allow', conditions: [{ 'user.role': roleName, 'booking.scheduled_time': '> now() + 24h' }] },
  });
  return { email, user, policy };
}

test('may this user cancel this booking tomorrow at 9, and why?', async ({ page }) => {
  const { email, policy } = await premium(page);
  await page.goto('/console/acme/simulator');
  await page.getByLabel('User').fill(email);
  await page.getByRole('option', { name: email }).click();
  await page.getByLabel('Action').fill('booking:cancel');
  await page.locator('#id').fill('b-1');
  await page.getByRole('button', { name: 'Tomorrow, 9:00' }).click();
  await page.getByRole('button', { name: 'Ask', exact: true }).click();

  const answer = page.locator('section').filter({ has: page.getByRole('heading', { name: 'Answer' }) });
  await expect(answer.getByRole('status')).toContainText('Denied');
  await answer.getByRole('button', { name: 'booking.scheduled_time' }).click();
  const scheduled = page.getByLabel('scheduled_time');
  await expect(scheduled).toBeFocused();

  const tomorrow = await page.locator('#time').inputValue();
  const late = new Date(new Date(`${tomorrow.slice(0, 16)}Z`).getTime() + 24 * 3_600_000);
  await scheduled.fill(`${late.toISOString().slice(0, 19)}`);
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(answer.getByRole('status')).toContainText('Denied');
  late.setSeconds(1);
  await scheduled.fill(`${late.toISOString().slice(0, 19)}`);
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(answer.getByRole('status')).toContainText('Allowed');
  await expect(answer.getByRole('link', { name: policy.name })).toBeVisible();
  await page.reload();
  await expect(answer.getByRole('status')).toContainText('Allowed');
  await answer.getByRole('button', { name: 'Show as curl' }).click();
  await expect(page.getByRole('dialog')).toContainText('/access/check');
});

test('a question that cannot be asked says where it is wrong', async ({ page }) => {
  await page.goto('/console/acme/simulator?action=projects:read&ip=not-an-address');
  await expect(page.getByRole('alert').getByText('context/ip')).toBeVisible();
});

test('what somebody can do is listed with its conditions', async ({ page }) => {
  const { email, user, policy } = await premium(page);
  await page.goto('/console/acme/simulator?mode=abilities');
  await page.getByLabel('User').fill(email);
  await page.getByRole('option', { name: email }).click();
  await expect(page).toHaveURL(new RegExp(user.id));
  const row = page.getByRole('listitem').filter({ hasText: 'booking:cancel' });
  await expect(row).toContainText('Under conditions');
  await row
    .getByText(/condition/)
    .last()
    .click();
  await expect(row.getByText(policy.name)).toBeVisible();
  await expect(page.getByText('The list is complete.')).toBeVisible();
});

test('who can do something is listed', async ({ page }) => {
  await page.goto('/console/acme/simulator?mode=who');
  await page.getByLabel('Action').fill('policies:update');
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(page).toHaveURL(/action=policies/);
  await expect(page.getByRole('link', { name: 'ada@acme.example' })).toBeVisible();
});

test('a decision of the log is opened and asked again', async ({ page }) => {
  await denied(page);
  await page.goto('/console/acme/decisions');
  await page.getByLabel('Decision', { exact: true }).selectOption('deny');
  await expect(page).toHaveURL(/decision=deny/);
  // The address changes before the rows do.
  await expect(page.getByRole('row').filter({ hasText: 'Allowed' })).toHaveCount(0);
  const first = page.getByRole('table').getByRole('link').first();
  const action = (await first.textContent()) ?? '';
  await first.click();
  await expect(page.getByRole('heading', { level: 1, name: action })).toBeVisible();
  await expect(page.getByText('What was known')).toBeVisible();
  await page.reload();
  await expect(page.getByRole('heading', { level: 1, name: action })).toBeVisible();
  await page.getByRole('link', { name: 'Ask again in the simulator' }).click();
  await expect(page.getByLabel('Action')).toHaveValue(action);
  await expect(page.getByRole('status').filter({ hasText: /Denied|Allowed/ })).toBeVisible();
});

test('a decision that is nowhere in the log is not found', async ({ page }) => {
  await page.goto('/console/acme/decisions/01a1fc18-4e26-7a43-aa60-20309521d494');
  await expect(page.getByText('Not found')).toBeVisible();
});

test('on a small screen the answer comes into sight, and says what to look at next', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 760 });
  await page.goto('/console/acme/simulator?action=booking:reschedule');
  await page.getByLabel('Address').fill('192.0.2.7');
  await page.getByRole('button', { name: 'Ask' }).click();
  await expect(page.getByText('Denied', { exact: true })).toBeInViewport();
  await expect(page.getByText('No role of this user grants it')).toBeVisible();
  await page.getByRole('link', { name: 'Who can do it' }).click();
  await expect(page.getByLabel('Action')).toHaveValue('booking:reschedule');
});
