/** The frame: keyboard, palette, themes, languages, small screens, one's own account. */
import { ADA, apiOf, expect, fresh, OPERATOR, PASSWORD, signIn, test } from './world';

test.beforeEach(async ({ page }) => {
  await signIn(page, ADA);
});

test('the keyboard reaches everything', async ({ page }) => {
  await page.goto('/console/acme');
  await expect(page.getByRole('heading', { level: 1, name: 'Acme Corporation' })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.locator('#main')).toBeFocused();
  await page.keyboard.press('g');
  await page.keyboard.press('p');
  await expect(page.getByRole('heading', { level: 1, name: 'Projects' })).toBeFocused();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('the palette goes places and finds things', async ({ page }) => {
  const name = fresh('Lighthouse');
  const { data } = await apiOf(page, 'acme').post('/projects', { name });
  await page.goto('/console/acme');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill(name);
  await expect(page.getByRole('option', { name })).toBeVisible();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(data.id));
  await page.keyboard.press('Control+k');
  await page.getByRole('dialog').getByRole('combobox').fill('roles');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { level: 1, name: 'Roles' })).toBeVisible();
});

test('theme and language are kept in the browser', async ({ page }) => {
  await page.goto('/console/acme/preferences');
  await page.getByLabel('Dark', { exact: true }).check();
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  await page.getByLabel('Deutsch').check();
  await expect(page.getByRole('heading', { level: 1, name: 'Einstellungen' })).toBeVisible();
  await page.getByLabel('हिन्दी').check();
  await expect(page.getByRole('heading', { level: 1, name: 'प्राथमिकताएँ' })).toBeVisible();
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('lang', 'hi');
  await page.getByLabel('English').check();
  await page.getByRole('button', { name: 'Use #be185d' }).click();
  const accent = await page.evaluate(() => document.documentElement.style.getPropertyValue('--accent-light'));
  expect(accent).toBe('#be185d');
  const kept = await page.evaluate(() => JSON.stringify(localStorage));
  expect(kept).not.toContain('eyJ');
});

test('a small screen has its menu in a drawer, and nothing that sticks out', async ({ page }) => {
  await page.setViewportSize({ width: 375, height: 700 });
  const paths = [
    '',
    '/projects',
    '/members',
    '/audit',
    '/roles/new',
    '/account',
    '/roles/matrix',
    '/groups',
    '/decisions',
    '/catalogue',
    '/clients',
    '/clients/new',
    '/service-accounts',
    '/api-keys',
    '/impersonations',
  ];
  const ofPolicies = ['/policies', '/policies/new?example=premium', '/policies/import', '/policies/tests'];
  for (const path of [...paths, ...ofPolicies, '/simulator?action=booking:cancel&id=1']) {
    await page.goto(`/console/acme${path}`);
    await expect(page.locator('h1')).toBeVisible();
    await expect(page.locator('.animate-pulse')).toHaveCount(0);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow, path).toBeLessThanOrEqual(0);
  }
  await page.getByRole('button', { name: 'Menu' }).click();
  await page.getByRole('dialog').getByRole('link', { name: 'Members' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Members' })).toBeVisible();
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('members see to their profile, password and sessions', async ({ page, browser }) => {
  const email = `${fresh('carol').replace(' ', '-')}@acme.example`;
  await apiOf(page, 'acme').post('/users', { email, password: PASSWORD, email_verified: true });
  const context = await browser.newContext();
  const carol = await context.newPage();
  const person = { tenant: 'acme', email, password: PASSWORD };
  await signIn(carol, person, true);
  await carol.goto('/console/acme/account');
  await carol.getByLabel('First name').fill('Carol');
  await carol.getByRole('button', { name: 'Save' }).click();
  await expect(carol.getByText('Saved', { exact: true })).toBeVisible();
  await expect(carol.getByRole('button', { name: 'Account of Carol' })).toBeVisible();

  const elsewhere = await browser.newContext();
  await signIn(await elsewhere.newPage(), person, true);
  await carol.reload();
  await expect(carol.getByText('This one').first()).toBeVisible();
  await carol.getByRole('button', { name: 'End', exact: true }).click();
  await carol.getByRole('dialog').getByRole('button', { name: 'End' }).click();
  await expect(carol.getByRole('button', { name: 'End', exact: true })).toHaveCount(0);

  await carol.getByLabel('Current password').fill('not-my-password-1');
  await carol.getByLabel('New password', { exact: true }).fill('another-Horse-43-battery');
  await carol.getByLabel('New password again').fill('another-Horse-43-battery');
  await carol.getByRole('button', { name: 'Change password' }).click();
  await expect(carol.locator('#current_password-error')).toBeVisible();
  await carol.getByLabel('Current password').fill(PASSWORD);
  await carol.getByRole('button', { name: 'Change password' }).click();
  await expect(carol.getByText('The password was changed')).toBeVisible();
  await expect(carol.getByLabel('Current password')).toHaveValue('');

  await carol.getByRole('button', { name: 'Account of Carol' }).click();
  await carol.getByRole('menuitem', { name: 'Sign out' }).click();
  await expect(carol.getByRole('heading', { name: 'Sign in to Acme Corporation' })).toBeVisible();
  await carol.goto('/console/acme/account');
  await expect(carol.getByRole('heading', { name: 'Sign in to Acme Corporation' })).toBeVisible();
  await context.close();
  await elsewhere.close();
});

test('members are added, given a role, and deactivated', async ({ page }) => {
  const email = `${fresh('dave').replace(' ', '-')}@acme.example`;
  await page.goto('/console/acme/members');
  await page.getByRole('link', { name: 'Add member' }).first().click();
  await page.getByLabel('E-mail address').first().fill(email);
  await page.getByLabel('First name').fill('Dave');
  await page.getByRole('button', { name: 'Add member' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Dave' })).toBeVisible();
  await page.getByRole('button', { name: 'Give role' }).click();
  await page.getByRole('dialog').getByLabel('Role').selectOption({ label: 'viewer' });
  await page.getByRole('dialog').getByRole('button', { name: 'Give role' }).click();
  await expect(page.getByRole('link', { name: 'viewer' })).toBeVisible();
  await page.getByRole('button', { name: 'Take away viewer' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Take away' }).click();
  await expect(page.getByRole('link', { name: 'viewer' })).toHaveCount(0);
  await page.getByRole('button', { name: 'Change state' }).click();
  await page.getByRole('menuitem', { name: 'Inactive' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Change state' }).click();
  await expect(page.getByText('Inactive', { exact: true }).first()).toBeVisible();
});

test('roles are made of permissions', async ({ page }) => {
  const name = fresh('auditor');
  await page.goto('/console/acme/roles/new');
  await page.getByLabel('Name').fill(name);
  await page.getByLabel('How far audit:read is granted').selectOption('any');
  await page.getByLabel('How far projects:update is granted').selectOption('own');
  await page.getByRole('button', { name: 'Create role' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
  await expect(page.getByLabel('How far projects:update is granted')).toHaveValue('own');
  await page.getByLabel('How far audit:read is granted').selectOption('');
  await page.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(page.getByText('Saved', { exact: true })).toBeVisible();
});

test('the fleet is drawn and can be read as a table', async ({ page }) => {
  await signIn(page, OPERATOR);
  await page.goto('/console/platform');
  await expect(page.locator('.recharts-surface').first()).toBeVisible();
  await page.getByRole('button', { name: 'Show as table' }).first().click();
  await expect(page.getByRole('table', { name: 'New tenants per day' }).getByRole('row')).toHaveCount(31);
});

test('events appear as they happen, and each has its page', async ({ page }) => {
  await page.goto('/console/acme/events');
  await expect(page.locator('[data-live=live]')).toBeVisible();
  await expect(page.getByText('Waiting for the next event')).toBeVisible();
  const live = page.getByRole('list', { name: 'As it happens' });
  await expect(async () => {
    await apiOf(page, 'acme').post('/projects', { name: fresh('Signal') });
    await expect(live.getByRole('link').first()).toBeVisible({ timeout: 5_000 });
  }).toPass();
  await live.getByRole('link', { name: 'tenantry.project.created' }).first().click();
  await expect(page.getByRole('region', { name: 'CloudEvent' })).toContainText('"specversion": "1.0"');
});
