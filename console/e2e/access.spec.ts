/** Roles as a matrix, and groups. */
import { ADA, apiOf, expect, fresh, type Page, signIn, test } from './world';

test.beforeEach(async ({ page }) => {
  await signIn(page, ADA);
});

async function newRole(page: Page, permissions: string[] = []) {
  const { data } = await apiOf(page, 'acme').post('/roles', {
    name: fresh('crew'),
    role_family: 'Internal',
    permissions,
  });
  return data;
}

/** A cell by what it is about; its state is the rest of its name. */
const cell = (page: Page, permission: string, role: string) =>
  page.getByRole('button', { name: new RegExp(`^${permission} for ${role}:`) });

test('permissions are granted in the matrix, by mouse and by keyboard, and saved together', async ({ page }) => {
  const [one, two] = [await newRole(page), await newRole(page, ['projects:read'])];
  await page.goto(`/console/acme/roles/matrix?role=crew&search=projects&roles=96`);
  await cell(page, 'projects:read', one.name).click();
  await expect(cell(page, 'projects:read', one.name)).toHaveAccessibleName(/Own only, not saved yet/);
  await page.keyboard.press('a');
  await expect(cell(page, 'projects:read', one.name)).toHaveAccessibleName(/All, not saved yet/);
  await page.keyboard.press('ArrowDown');
  await expect(cell(page, 'projects:update', one.name)).toBeFocused();
  await page.keyboard.press('o');
  await cell(page, 'projects:read', two.name).focus();
  await page.keyboard.press('Delete');
  await expect(page.getByText('3 changes · 2 roles')).toBeVisible();
  await page.keyboard.press('Control+s');
  await expect(page.getByText('2 roles were saved')).toBeVisible();
  const acme = apiOf(page, 'acme');
  expect((await acme.get(`/roles/${one.id}`)).data.permissions).toEqual(['projects:read', 'projects:update:own']);
  expect((await acme.get(`/roles/${two.id}`)).data.permissions).toEqual([]);
  await page.reload();
  await expect(cell(page, 'projects:update', one.name)).toHaveAccessibleName(/Own only$/);
});

test('what somebody else saved meanwhile is shown, and one’s own changes go on top', async ({ page }) => {
  const role = await newRole(page, ['projects:read']);
  await page.goto(`/console/acme/roles/matrix?role=${encodeURIComponent(role.name)}`);
  await cell(page, 'projects:create', role.name).click();
  const acme = apiOf(page, 'acme');
  await acme.put(`/roles/${role.id}`, { permissions: ['projects:read', 'audit:read'] });
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  const alert = page.getByRole('alert').filter({ hasText: 'Someone else changed this' });
  await expect(alert.getByRole('row').filter({ hasText: 'audit:read' })).toContainText('All');
  await expect(cell(page, 'audit:read', role.name)).toHaveAccessibleName(/All$/);
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('1 role was saved')).toBeVisible();
  const saved = await acme.get(`/roles/${role.id}`);
  expect(saved.data.permissions).toEqual(['audit:read', 'projects:create:own', 'projects:read']);
});

test('system roles stay as they are, and unsaved changes are not lost unasked', async ({ page }) => {
  const role = await newRole(page);
  await page.goto('/console/acme/roles/matrix?search=audit&roles=96');
  const fixed = cell(page, 'audit:read', 'viewer');
  await fixed.click({ force: true });
  await page.keyboard.press('a');
  await expect(fixed).toHaveAccessibleName(/Not$/);
  await cell(page, 'audit:read', role.name).click();
  await page.getByRole('link', { name: 'Members' }).click();
  await page.getByRole('button', { name: 'Stay' }).click();
  await page.getByLabel('Find permissions').fill('nothing is called so');
  await expect(page.getByText('Nothing fits these filters.')).toBeVisible();
  await expect(page.getByText('1 change · 1 role')).toBeVisible();
  await page.getByRole('button', { name: 'Discard changes' }).click();
  await page.getByRole('link', { name: 'Members' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Members' })).toBeVisible();
});

test('the matrix and the picker know more than a hundred permissions', async ({ page }) => {
  test.setTimeout(300_000);
  const acme = apiOf(page, 'acme');
  const suffix = fresh('x').replace(/[^a-z0-9]/g, '');
  const made: string[] = [];
  for (let number = 0; number < 105; number += 1) {
    made.push((await acme.post('/permissions', { name: `wharf${suffix}:act${number}` })).data.id);
  }
  const many = await page.context().request.get('/v1/acme/permissions?limit=100');
  expect((await many.json()).meta.next_cursor).toBeTruthy();
  await page.goto(`/console/acme/roles/matrix?search=wharf${suffix}`);
  await expect(page.getByRole('rowheader', { name: 'act104' })).toBeVisible();
  await page.goto('/console/acme/roles/new');
  await expect(page.getByLabel(`How far wharf${suffix}:act104 is granted`)).toBeVisible();
  for (const id of made) {
    await acme.delete(`/permissions/${id}`);
  }
});

test('a group is made, filled, nested, given a role, and deleted', async ({ page }) => {
  const acme = apiOf(page, 'acme');
  const [role, name, inner] = [await newRole(page, ['audit:read']), fresh('Night shift'), fresh('Trainees')];
  await acme.post('/groups', { name: inner });
  await page.goto('/console/acme/groups');
  await page.getByRole('link', { name: 'Create group' }).first().click();
  await page.getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Create group' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();

  await page.getByRole('button', { name: 'Add member' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Person').fill('ada@');
  await dialog.getByRole('option').first().click();
  await dialog.getByLabel('Until').fill('2099-01-01T00:00');
  await dialog.getByRole('button', { name: 'Add member' }).click();
  await expect(page.getByText('Until 1 Jan 2099')).toBeVisible();

  await page.getByRole('button', { name: 'Put a group inside' }).click();
  await dialog.getByLabel('Group').selectOption({ label: inner });
  await dialog.getByRole('button', { name: 'Put a group inside' }).click();
  await expect(page.getByRole('link', { name: inner })).toBeVisible();

  await page.getByRole('button', { name: 'Give role' }).click();
  await dialog.getByLabel('Role').selectOption({ label: role.name });
  await dialog.getByLabel('Until').fill('2099-02-01T00:00');
  await dialog.getByRole('button', { name: 'Give role' }).click();
  await expect(page.getByRole('link', { name: role.name })).toBeVisible();
  await expect(page.getByText('Until 1 Feb 2099')).toBeVisible();

  await page.getByRole('link', { name: 'ada@acme.example' }).first().click();
  await expect(page.getByRole('link', { name })).toBeVisible();
  await page.getByRole('link', { name }).click();
  await page.getByRole('button', { name: `Remove ${inner}` }).click();
  await dialog.getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('No groups inside.')).toBeVisible();
  await page.getByRole('button', { name: 'Delete' }).click();
  await page.getByLabel(/^Type/).fill(name);
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Groups' })).toBeVisible();
  await expect(page.getByRole('link', { name })).toHaveCount(0);
});

test('a group cannot be put into itself by a detour, and the form says so at the field', async ({ page }) => {
  const acme = apiOf(page, 'acme');
  const [outer, inner] = [fresh('Outer'), fresh('Inner')];
  const { data: first } = await acme.post('/groups', { name: outer });
  const { data: second } = await acme.post('/groups', { name: inner });
  await acme.post(`/groups/${first.id}/groups`, { group_id: second.id });
  await page.goto(`/console/acme/groups/${second.id}`);
  await page.getByRole('button', { name: 'Put a group inside' }).click();
  await page.getByRole('dialog').getByLabel('Group').selectOption({ label: outer });
  await page.getByRole('dialog').getByRole('button', { name: 'Put a group inside' }).click();
  await expect(page.locator('#group_id-error')).toContainText('inside itself');
});
