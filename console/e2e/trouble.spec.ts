/** What pages say when something is in the way. */
import { ADA, apiOf, expect, fresh, PASSWORD, type Page, signIn, signInByForm, test } from './world';

const problem = (status: number, code: string, detail = 'Not now.') => ({
  status,
  headers: { 'content-type': 'application/problem+json' },
  body: JSON.stringify({ title: 'Refused', status, detail, code, request_id: '01a1fc17-74a8-7dc3-adef-a6bf4797a795' }),
});

async function newProject(page: Page): Promise<{ id: string; name: string }> {
  const { data } = await apiOf(page, 'acme').post('/projects', { name: fresh('Harbour') });
  return data;
}

test.beforeEach(async ({ page }) => {
  await signIn(page, ADA);
});

test('with the network cut, the page says so and goes on when it is back', async ({ page, context }) => {
  await page.goto('/console/acme/projects');
  await expect(page.getByRole('table')).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText('What you see may be out of date')).toBeVisible();
  await page.getByRole('link', { name: 'Roles' }).click();
  await expect(page.getByText('The server cannot be reached').last()).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByRole('link', { name: 'tenant_admin' })).toBeVisible();
  await expect(page.getByText('What you see may be out of date')).toHaveCount(0);
});

test('a write during a cut network is not lost, and done once', async ({ page, context }) => {
  const name = fresh('Once');
  await page.goto('/console/acme/projects/new');
  await page.getByLabel('Name').fill(name);
  await context.setOffline(true);
  await page.getByRole('button', { name: 'Create project' }).click();
  await expect(page.getByRole('alert')).toContainText('The server cannot be reached');
  await expect(page.getByLabel('Name')).toHaveValue(name);
  await context.setOffline(false);
  await page.getByRole('button', { name: 'Create project' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  const found = await apiOf(page, 'acme').get(`/projects?search=${encodeURIComponent(name)}`);
  expect(found.data).toHaveLength(1);
});

test('a revoked session leads to the sign-in and back to the same page', async ({ page, browser }) => {
  const context = await browser.newContext();
  const other = await context.newPage();
  await signIn(other, ADA, true);
  await other.goto('/console/acme/projects?status=active');
  await expect(other.getByRole('heading', { level: 1, name: 'Projects' })).toBeVisible();
  const sessions = await apiOf(other, 'acme').get('/users/me/sessions');
  const own = sessions.data.find(({ is_current }) => is_current);
  await apiOf(page, 'acme').delete(`/users/me/sessions/${own?.id}`);
  // By itself: its stream of events ends with the session.
  await expect(other.getByText('Your session is over')).toBeVisible();
  await signInByForm(other, ADA);
  await expect(other.getByRole('heading', { level: 1, name: 'Projects' })).toBeVisible();
  const { pathname, search } = new URL(other.url());
  expect(pathname + search).toBe('/console/acme/projects?status=active');
  await context.close();
});

test('a role that is taken away takes its pages from the menu', async ({ page, browser }) => {
  const email = `${fresh('bob').replace(' ', '-')}@acme.example`;
  const acme = apiOf(page, 'acme');
  const user = await acme.post('/users', { email, password: PASSWORD, email_verified: true });
  const roles = await acme.get('/roles');
  const manager = roles.data.find(({ name }) => name === 'project_manager');
  await acme.post(`/users/${user.data.id}/roles`, { role_id: manager?.id });
  const context = await browser.newContext();
  const bob = await context.newPage();
  await signIn(bob, { tenant: 'acme', email, password: PASSWORD }, true);
  await expect(bob.getByRole('link', { name: 'Projects' }).first()).toBeVisible();
  await expect(bob.getByRole('link', { name: 'Roles' })).toHaveCount(0);
  for (const role of (await acme.get(`/users/${user.data.id}/roles`)).data) {
    await acme.delete(`/users/${user.data.id}/roles/${role.id}`);
  }
  await bob.getByRole('link', { name: 'Projects' }).first().click();
  await expect(bob.getByText('You may not do this')).toBeVisible();
  await expect(bob.getByRole('navigation').getByRole('link', { name: 'Projects' })).toHaveCount(0);
  await context.close();
});

test('what does not exist says so and leads to the list', async ({ page }) => {
  await page.goto('/console/acme/projects/01a1fc18-4e26-7a43-aa60-20309521d494');
  await expect(page.getByText('Not found')).toBeVisible();
  await page.getByRole('main').getByRole('link', { name: 'Projects' }).last().click();
  await expect(page.getByRole('heading', { level: 1, name: 'Projects' })).toBeVisible();
});

test('an organisation and a page that do not exist say so', async ({ page }) => {
  await page.goto('/console/no-such-tenant-here');
  await expect(page.getByRole('heading', { name: 'No such organisation' })).toBeVisible();
  await page.goto('/console/acme/no/such/page');
  await expect(page.getByRole('heading', { name: 'No such page' })).toBeVisible();
});

test('a conflict with the present state is explained at its field', async ({ page }) => {
  const name = fresh('twice');
  await apiOf(page, 'acme').post('/roles', { name, role_family: 'Internal' });
  await page.goto('/console/acme/roles/new');
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Create role' }).click();
  await expect(page.locator('#name-error')).toContainText('exists');
  await expect(page.getByLabel('Name')).toHaveValue(name);
});

test('an action that the present state forbids says why', async ({ page }) => {
  const acme = apiOf(page, 'acme');
  const role = await acme.post('/roles', { name: fresh('held'), role_family: 'Internal' });
  const me = await acme.get('/users/me');
  await acme.post(`/users/${me.data.id}/roles`, { role_id: role.data.id });
  await page.goto(`/console/acme/roles/${role.data.id}`);
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByLabel(/^Type/).fill(role.data.name);
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('alert')).toContainText('This does not fit the present state');
  await acme.delete(`/users/${me.data.id}/roles/${role.data.id}`);
});

test('a lost update shows both versions and lets one choose', async ({ page }) => {
  const project = await newProject(page);
  const acme = apiOf(page, 'acme');
  await page.goto(`/console/acme/projects/${project.id}`);
  await page.getByLabel('Name').fill('Mine');
  await acme.put(`/projects/${project.id}`, { name: 'Theirs' });
  await page.getByRole('button', { name: 'Save' }).click();
  const conflict = page.getByRole('alert').filter({ hasText: 'Someone else changed this' });
  await expect(conflict.getByRole('cell', { name: 'Theirs' })).toBeVisible();
  await expect(conflict.getByRole('cell', { name: 'Mine' })).toBeVisible();
  await conflict.getByRole('button', { name: 'Take the saved version' }).click();
  await expect(page.getByLabel('Name')).toHaveValue('Theirs');

  await page.getByLabel('Name').fill('Mine again');
  await acme.put(`/projects/${project.id}`, { description: 'changed elsewhere' });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('button', { name: 'Overwrite with mine' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Mine again' })).toBeVisible();
  expect((await acme.get(`/projects/${project.id}`)).data.name).toBe('Mine again');
});

test('a pause that the server asks for counts down and ends by itself', async ({ page }) => {
  let isBusy = true;
  await page.route(/\/v1\/acme\/roles(\?.*)?$/, (route) =>
    isBusy
      ? route.fulfill({
          ...problem(429, 'rate_limited'),
          headers: { 'retry-after': '4', 'content-type': 'application/problem+json' },
        })
      : route.continue(),
  );
  await page.goto('/console/acme/roles');
  await expect(page.getByText('Too many requests')).toBeVisible();
  await expect(page.getByRole('button', { name: /Again in \d s/ })).toBeDisabled();
  isBusy = false;
  await expect(page.getByRole('link', { name: 'tenant_admin' })).toBeVisible();
});

test('a failure of the server names the request', async ({ page }) => {
  await page.route(/\/v1\/acme\/roles(\?.*)?$/, (route) => route.fulfill(problem(500, 'internal')));
  await page.goto('/console/acme/roles');
  await expect(page.getByText('01a1fc17-74a8-7dc3-adef-a6bf4797a795')).toBeVisible();
  await page.unroute(/\/v1\/acme\/roles(\?.*)?$/);
  await page.getByRole('button', { name: 'Try again' }).click();
  await expect(page.getByRole('link', { name: 'tenant_admin' })).toBeVisible();
});

test('what the server finds wrong appears at the field', async ({ page }) => {
  await page.goto('/console/acme/projects/new');
  await page.getByRole('button', { name: 'Create project' }).click();
  await expect(page.getByText('This is needed.')).toBeVisible();
  await expect(page.getByLabel('Name')).toBeFocused();
  await page.getByLabel('Name').fill('x');
  await page.getByRole('button', { name: 'Create project' }).click();
  await expect(page.getByLabel('Name')).toHaveAttribute('aria-invalid', 'true');
  await expect(page.locator('#name-error')).not.toBeEmpty();
});

test('unsaved changes are not left without asking', async ({ page }) => {
  await page.goto('/console/acme/projects/new');
  await page.getByLabel('Name').fill('Half a thought');
  await page.getByRole('link', { name: 'Members' }).click();
  await page.getByRole('button', { name: 'Stay' }).click();
  await expect(page.getByLabel('Name')).toHaveValue('Half a thought');
  await page.getByRole('link', { name: 'Members' }).click();
  await page.getByRole('button', { name: 'Leave' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Members' })).toBeVisible();
});
