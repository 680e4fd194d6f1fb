/** Operators in a user's name: seen on every page, narrowed to what is allowed, ended by either side. */
import { ADA, apiOf, expect, fresh, OPERATOR, PASSWORD, type Page, signIn, test } from './world';

const banner = (page: Page) => page.getByRole('region', { name: 'Impersonation' });

async function acmeId(page: Page): Promise<string> {
  const { data } = await apiOf(page, 'platform').get('/tenants?search=acme');
  return data.find(({ slug }) => slug === 'acme')?.id ?? '';
}

/** Begin on the tenant's page, in the name of its first administrator. */
async function begin(page: Page, reason: string, mode?: string): Promise<void> {
  await page.goto(`/console/platform/tenants/${await acmeId(page)}`);
  await page.getByRole('button', { name: 'Act in a user’s name' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByLabel('Reason').fill(reason);
  await dialog.getByLabel('Ticket').fill('T-4711');
  if (mode) {
    await dialog.getByLabel('How far').selectOption({ label: mode });
  }
  await dialog.getByRole('button', { name: 'Act in a user’s name' }).click();
  await expect(banner(page)).toContainText('acts in the name of');
}

test.beforeEach(async ({ page }) => {
  await page.context().clearCookies();
  await signIn(page, OPERATOR);
});

test('an operator looks around under a banner, changes over to somebody else, and ends it', async ({
  page,
  browser,
}) => {
  const context = await browser.newContext();
  const ada = await context.newPage();
  await signIn(ada, ADA, true);
  const email = `${fresh('evelyn').replace(' ', '-')}@acme.example`;
  const body = { email, first_name: 'Evelyn', password: PASSWORD, email_verified: true };
  await apiOf(ada, 'acme').post('/users', body);
  const reason = fresh('The list of members is empty');

  await begin(page, reason);
  await expect(page).toHaveURL(/\/console\/acme$/);
  await expect(banner(page)).toContainText('operator@platform.example acts in the name of');
  await expect(banner(page)).toContainText('Looking only');
  await expect(banner(page)).toContainText(reason);
  const menu = page.getByRole('navigation', { name: 'Menu' });
  await expect(menu.getByRole('link', { name: 'Profile & security' })).toHaveCount(0);
  await expect(menu.getByRole('link', { name: 'API keys' })).toHaveCount(0);
  await menu.getByRole('link', { name: 'Projects' }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'Projects' })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Create project' })).toHaveCount(0);
  await expect(banner(page)).toBeVisible();

  await page.getByRole('navigation', { name: 'Menu' }).getByRole('link', { name: 'Members' }).click();
  await page.getByLabel('Search', { exact: true }).fill(email);
  await page.getByRole('link', { name: 'Evelyn' }).first().click();
  await page.getByRole('button', { name: 'Act in this user’s name' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('As Evelyn sees it');
  await page.getByRole('dialog').getByRole('button', { name: 'Act in a user’s name' }).click();
  await expect(banner(page)).toContainText('acts in the name of Evelyn');
  await expect(page.getByRole('button', { name: 'Account of Evelyn' })).toBeVisible();

  await ada.goto('/console/acme/impersonations');
  const rows = ada.getByRole('row').filter({ hasText: 'operator@platform.example' });
  await expect(rows.first()).toContainText('Evelyn');
  await expect(rows.first()).toContainText('Going on');
  await expect(rows.nth(1)).toContainText('T-4711');
  await expect(rows.nth(1)).toContainText('Ended');

  await banner(page).getByRole('button', { name: 'End now' }).click();
  await expect(page).toHaveURL(/\/console\/platform\/tenants\//);
  await expect(banner(page)).toHaveCount(0);
  await ada.reload();
  await expect(rows.first()).toContainText('by the operator');
  await context.close();
});

test('an operator may work where that is allowed, and the tenant ends it', async ({ page, browser }) => {
  await begin(page, fresh('Repair the plan'), 'Working as well');
  await expect(banner(page)).toContainText('Working as well');
  await page.getByRole('navigation', { name: 'Menu' }).getByRole('link', { name: 'Projects' }).click();
  await page.getByRole('link', { name: 'Create project' }).first().click();
  const name = fresh('Repaired');
  await page.getByLabel('Name').fill(name);
  await page.getByRole('button', { name: 'Create project' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();

  const context = await browser.newContext();
  const ada = await context.newPage();
  await signIn(ada, ADA, true);
  await ada.goto('/console/acme/impersonations');
  const row = ada.getByRole('row').filter({ hasText: 'Repair the plan' }).first();
  await row.getByRole('button', { name: 'End' }).click();
  await ada.getByRole('dialog').getByRole('button', { name: 'End' }).click();
  await expect(row).toContainText('by the organisation');
  await expect(page.getByText('The impersonation is over')).toBeVisible();
  await expect(page).toHaveURL(/\/console\/platform\/tenants\//);
  await expect(banner(page)).toHaveCount(0);
  await page.goto('/console/acme/projects');
  await expect(page.getByRole('heading', { name: /Sign in to/ })).toBeVisible();
  await context.close();
});

test('leaving the page ends it, and nothing of the token stays in the browser', async ({ page, browser }) => {
  const reason = fresh('Look once');
  await begin(page, reason);
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  expect(kept).not.toContain('eyJ');
  await page.reload();
  await expect(page.getByRole('heading', { name: /Sign in to/ })).toBeVisible();
  const context = await browser.newContext();
  const ada = await context.newPage();
  await signIn(ada, ADA, true);
  await ada.goto('/console/acme/impersonations');
  await expect(ada.getByRole('row').filter({ hasText: reason })).toContainText('Ended');
  await context.close();
});
