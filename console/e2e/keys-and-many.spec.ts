/** Saving by keyboard from anywhere, several rows at once with failures among them, failed jobs, very long tables. */
import { DATABASE, deadLetter, fillAudit, sql } from './database';
import { ADA, apiOf, expect, fresh, OPERATOR, signIn, test } from './world';

test.describe('Ctrl+S', () => {
  test.beforeEach(async ({ page }) => {
    await signIn(page, ADA);
  });

  test('saves a role while the focus is in one of its selects', async ({ page }) => {
    const acme = apiOf(page, 'acme');
    const { data: role } = await acme.post('/roles', { name: fresh('keyed'), role_family: 'Internal' });
    await page.goto(`/console/acme/roles/${role.id}`);
    const select = page.getByLabel('How far audit:read is granted');
    await select.selectOption('any');
    await select.focus();
    await page.keyboard.press('Control+s');
    await expect(page.getByText('Saved', { exact: true })).toBeVisible();
    expect((await acme.get(`/roles/${role.id}`)).data.permissions).toEqual(['audit:read']);
  });

  test('saves a role while the focus is outside the form', async ({ page }) => {
    const acme = apiOf(page, 'acme');
    const { data: role } = await acme.post('/roles', { name: fresh('keyed'), role_family: 'Internal' });
    await page.goto(`/console/acme/roles/${role.id}`);
    await page.getByLabel('Description').fill('Saved from elsewhere');
    await page.getByRole('heading', { level: 1 }).focus();
    await page.keyboard.press('Control+s');
    await expect(page.getByText('Saved', { exact: true })).toBeVisible();
    await page.getByLabel('Description').fill('And from nowhere');
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press('Control+s');
    await expect(page.getByRole('button', { name: 'Discard changes' })).toHaveCount(0);
    await page.reload();
    await expect(page.getByLabel('Description')).toHaveValue('And from nowhere');
  });

  test('saves the form of the open dialog, and none behind it', async ({ page }) => {
    const acme = apiOf(page, 'acme');
    const { data: group } = await acme.post('/groups', { name: fresh('Dialog') });
    await acme.post('/roles', { name: fresh('dialogue'), role_family: 'Internal' });
    await page.goto(`/console/acme/groups/${group.id}`);
    await page.getByLabel('Description').fill('Not yet');
    await page.getByRole('button', { name: 'Give role' }).click();
    await page.getByRole('dialog').getByLabel('Role').focus();
    await page.keyboard.press('Control+s');
    await expect(page.getByRole('dialog')).toHaveCount(0);
    await expect(page.getByRole('button', { name: 'Discard changes' })).toBeVisible();
  });
});

test('several rows at once: progress is shown, and what failed is named', async ({ page }) => {
  await signIn(page, ADA);
  const acme = apiOf(page, 'acme');
  const prefix = fresh('Partly');
  for (const end of ['one', 'two', 'three']) {
    await acme.post('/projects', { name: `${prefix} ${end}` });
  }
  let writes = 0;
  await page.route(/\/v1\/acme\/projects\/[^/?]+$/, async (route) => {
    if (route.request().method() !== 'PUT') {
      return route.continue();
    }
    writes += 1;
    if (writes === 2) {
      const problem = {
        title: 'Conflict',
        status: 409,
        code: 'conflict',
        detail: 'Somebody holds this one.',
        request_id: 'r-1',
      };
      return route.fulfill({ status: 409, json: problem });
    }
    await new Promise((done) => setTimeout(done, 400));
    return route.continue();
  });
  await page.goto(`/console/acme/projects?search=${encodeURIComponent(prefix)}`);
  await page.getByLabel('Choose all rows of this page').check();
  await page.getByRole('button', { name: 'Archive' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Archive' }).click();
  await expect(dialog.getByRole('progressbar')).toBeVisible();
  await expect(dialog.getByRole('alert')).toContainText('1 of 3 failed');
  await expect(dialog.getByRole('alert')).toContainText(`${prefix} two`);
  await expect(dialog.getByRole('alert')).toContainText('Somebody holds this one.');
  await expect(dialog.getByText('3 of 3')).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).last().click();
  await expect(page.getByRole('cell', { name: 'Archived' })).toHaveCount(2);
});

test.describe('with the database at hand', () => {
  test.skip(DATABASE === '', 'needs TENANTRY_E2E_DATABASE');

  test('a job that was given up runs again, and succeeds', async ({ page }) => {
    const id = deadLetter();
    await signIn(page, OPERATOR);
    await page.goto('/console/platform/jobs?state=dead');
    const row = page.getByRole('row').filter({ hasText: 'the database did not answer' }).first();
    await row.getByRole('button', { name: 'Run again' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Run again' }).click();
    await expect(page.getByText('The job runs again')).toBeVisible();
    const states = () =>
      sql(`SELECT state FROM app.jobs WHERE kind = 'platform.maintenance' ORDER BY created_at DESC LIMIT 1`);
    await expect.poll(states, { timeout: 60_000 }).toBe('done');
    sql(`DELETE FROM app.jobs WHERE id = '${id}'`);
  });

  test('a trail of a million entries is as quick as a short one, also when nothing matches', async ({ page }) => {
    test.setTimeout(900_000);
    const count = Number(process.env.TENANTRY_E2E_ROWS ?? 1_000_000);
    await signIn(page, ADA);
    const have = Number(sql(`SELECT count(*) FROM app.audit_log WHERE actor_type = 'system' AND ip = '192.0.2.7'`));
    if (have < count) {
      fillAudit('acme', count - have);
    }
    const table = page.getByRole('table');
    const nothing = page.getByText('Nothing matches');
    // The entries are those of the year that ends now.
    const longAgo = new Date(Date.now() - 330 * 86_400_000).toISOString().slice(0, 16);
    const looks = [
      ['the first page', '', table],
      ['a frequent action', 'action=projects:update', table],
      ['an action that nobody ever did', 'action=projects:explode', nothing],
      [
        'a resource that does not exist',
        'resource_type=project&resource_id=01a1fc18-4e26-7a43-aa60-20309521d494',
        nothing,
      ],
      ['an outcome that hardly ever is', 'outcome=refused&action=projects:update', nothing],
      ['nearly a year ago', `to=${longAgo}`, table],
      ['an hour before there was anything', 'from=2019-01-01T00:00&to=2019-01-01T01:00', nothing],
    ] as const;
    for (const [name, query, shown] of looks) {
      const begin = Date.now();
      await page.goto(`/console/acme/audit?${query}`);
      await expect(shown).toBeVisible();
      await expect(page.locator('.animate-pulse')).toHaveCount(0);
      const taken = Date.now() - begin;
      console.log(`${name}: ${taken} ms`);
      expect(taken, name).toBeLessThan(10_000);
    }
  });
});
