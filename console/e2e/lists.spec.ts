/** Lists: the URL is the state. */
import { ADA, apiOf, expect, fresh, OPERATOR, signIn, test } from './world';

test.beforeEach(async ({ page }) => {
  await signIn(page, ADA);
});

test('filters, order and columns are in the URL and survive a reload', async ({ page }) => {
  const name = fresh('Quay');
  await apiOf(page, 'acme').post('/projects', { name });
  await page.goto('/console/acme/projects');
  await expect(page.getByRole('link', { name })).toBeVisible();
  await page.keyboard.press('/');
  await expect(page.getByLabel('Search', { exact: true })).toBeFocused();
  await page.keyboard.type(name);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/search=Quay/);
  await page.getByLabel('State', { exact: true }).selectOption('active');
  await page.getByRole('button', { name: 'Columns' }).click();
  await page.getByRole('menuitemcheckbox', { name: 'Changed' }).click();
  await page.keyboard.press('Escape');
  await expect(page).toHaveURL(/hide=updated/);
  await page.reload();
  await expect(page.getByRole('link', { name })).toBeVisible();
  await expect(page.getByRole('row')).toHaveCount(2);
  await expect(page.getByRole('columnheader', { name: 'Changed' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Clear filters' }).click();
  await expect(page).not.toHaveURL(/search=/);
  await page.getByLabel('Order').selectOption('created_at');
  await expect(page).toHaveURL(/sort=created_at/);
});

test('pages follow cursors, forward and back', async ({ page }) => {
  const acme = apiOf(page, 'acme');
  for (let made = 0; made < 11; made += 1) {
    await acme.post('/projects', { name: fresh('Pier') });
  }
  await page.goto('/console/acme/projects?limit=10');
  const first = page.getByRole('table').getByRole('link').first();
  const name = (await first.textContent()) ?? '';
  await page.getByRole('button', { name: 'Next' }).click();
  await expect(page).toHaveURL(/cursor=/);
  await expect(first).not.toHaveText(name);
  await page.getByRole('button', { name: 'Previous' }).click();
  await expect(page).not.toHaveURL(/cursor=/);
  await expect(first).toHaveText(name);
});

test('views are kept by name', async ({ page }) => {
  const name = fresh('Archive');
  await page.goto('/console/acme/projects?status=archived');
  await page.getByRole('button', { name: 'Saved views' }).click();
  await page.getByRole('menuitem', { name: 'Save this view' }).click();
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await page.goto('/console/acme/projects');
  await page.getByRole('button', { name: 'Saved views' }).click();
  await page.getByRole('menuitem', { name, exact: true }).click();
  await expect(page).toHaveURL(/status=archived/);
});

test('several rows are changed at once', async ({ page }) => {
  const acme = apiOf(page, 'acme');
  const prefix = fresh('Bulk');
  for (const end of ['one', 'two']) {
    await acme.post('/projects', { name: `${prefix} ${end}` });
  }
  await page.goto(`/console/acme/projects?search=${encodeURIComponent(prefix)}`);
  await expect(page.getByRole('row')).toHaveCount(3);
  await page.getByLabel('Choose all rows of this page').check();
  await page.getByRole('button', { name: 'Archive' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Archive' }).click();
  await expect(page.getByText('Done for 2 rows')).toBeVisible();
  await expect(page.getByRole('cell', { name: 'Archived' })).toHaveCount(2);
});

test('a list offers to refresh when something changed elsewhere', async ({ page }) => {
  await page.goto('/console/acme/projects');
  await expect(page.locator('[data-live=live]')).toBeVisible();
  const name = fresh('News');
  await apiOf(page, 'acme').post('/projects', { name });
  await page.getByRole('button', { name: 'There are changes. Refresh' }).click();
  await expect(page.getByRole('link', { name })).toBeVisible();
});

test('the audit trail is filtered, followed live, and exported', async ({ page }) => {
  // Of the last day: a trail that another test has filled takes long to export.
  const from = new Date(Date.now() - 86_400_000).toISOString().slice(0, 16);
  await page.goto(`/console/acme/audit?from=${from}`);
  await page.getByLabel('Resource', { exact: true }).selectOption('project');
  await expect(page).toHaveURL(/resource_type=project/);
  await page.getByRole('button', { name: 'Live', exact: true }).click();
  await expect(page).toHaveURL(/live=1/);
  await expect(page.locator('[data-live=live]')).toBeVisible();
  const { data } = await apiOf(page, 'acme').post('/projects', { name: fresh('Seen') });
  await expect(page.getByRole('row').nth(1)).toContainText(data.id.slice(-6));
  const downloading = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  expect((await downloading).suggestedFilename()).toBe('audit.csv');
});

test('every list and action shows its call', async ({ page }) => {
  await page.goto('/console/acme/projects?status=active');
  await page.getByRole('button', { name: 'Show as curl' }).click();
  await expect(page.getByRole('dialog')).toContainText('/v1/acme/projects?status=active&limit=20');
  await page.keyboard.press('Escape');
  await page.goto('/console/acme/members/new');
  await page.getByLabel('E-mail address').first().fill('new@acme.example');
  await page.getByLabel('Password').fill('do-not-show-me');
  await page.getByRole('button', { name: 'Show as curl' }).click();
  await expect(page.getByRole('dialog')).toContainText('-X POST');
  await expect(page.getByRole('dialog')).not.toContainText('do-not-show-me');
});

test('an operator suspends, activates and deletes a tenant', async ({ page }) => {
  await signIn(page, OPERATOR);
  const name = fresh('Gone');
  const body = { name, admin_email: 'a@gone.example' };
  const { data } = await apiOf(page, 'platform').post('/tenants', body);
  await page.goto(`/console/platform/tenants/${data.id}`);
  await page.getByRole('button', { name: 'Suspend' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Suspend' }).click();
  await expect(page.getByText('Suspended', { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'Activate' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Activate' }).click();
  await expect(page.getByRole('button', { name: 'Deactivate' })).toBeVisible();
  await page.getByRole('button', { name: 'Delete' }).click();
  const destroy = page.getByRole('dialog').getByRole('button', { name: 'Delete' });
  await expect(destroy).toBeDisabled();
  await page.getByLabel(/^Type/).fill(data.slug);
  await destroy.click();
  await expect(page.getByText('Deleted', { exact: true })).toBeVisible();
});
