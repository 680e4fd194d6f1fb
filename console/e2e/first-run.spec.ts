/** The whole first run, as the people of three organisations live it. */
import { ADA, expect, fresh, OPERATOR, PASSWORD, signIn, signInByForm, test } from './world';

test('the operator creates a tenant, its administrator works, and nobody else sees it', async ({ page, browser }) => {
  const name = fresh('Umbrella');
  const slug = name.toLowerCase().replace(' ', '-');
  const email = `alice@${slug}.example`;

  await test.step('the operator creates the tenant', async () => {
    await page.goto('/console/');
    await page.getByLabel('short name').fill('Platform');
    await page.getByRole('button', { name: 'Continue' }).click();
    await signInByForm(page, OPERATOR);
    await page.getByRole('link', { name: 'Tenants', exact: true }).first().click();
    await page.getByRole('link', { name: 'Create tenant' }).click();
    await page.getByLabel('Name', { exact: true }).fill(name);
    await page.getByLabel('E-mail address').fill(email);
    await page.getByLabel('Password').fill(PASSWORD);
    await page.getByRole('button', { name: 'Create tenant' }).click();
    await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
    await expect(page.getByText('Active', { exact: true }).first()).toBeVisible();
  });

  const own = await browser.newContext();
  const alice = await own.newPage();
  const project = fresh('Harbour');

  await test.step('its administrator signs in and watches the audit trail live', async () => {
    await alice.goto(`/console/${slug}/audit?live=1`);
    await signInByForm(alice, { tenant: slug, email, password: PASSWORD });
    await expect(alice.getByRole('heading', { level: 1, name: 'Audit trail' })).toBeVisible();
    await expect(alice.locator('[data-live=live]')).toBeVisible();
  });

  await test.step('a project that is created elsewhere appears in it', async () => {
    const second = await own.newPage();
    await second.goto(`/console/${slug}/projects`);
    await second.getByRole('link', { name: 'Create project' }).first().click();
    await second.getByLabel('Name').fill(project);
    await second.getByRole('button', { name: 'Create project' }).click();
    await expect(second.getByRole('heading', { level: 1, name: project })).toBeVisible();
    await expect(alice.getByRole('link', { name: 'projects:create' })).toBeVisible();
    await alice.getByRole('link', { name: 'projects:create' }).click();
    await expect(alice.getByRole('cell', { name: project })).toBeVisible();
    const foreign = new URL(second.url()).pathname.replace(`/console/${slug}`, '/console/acme');

    const other = await browser.newContext();
    const ada = await other.newPage();
    await signIn(ada, ADA, true);
    await ada.goto(foreign);
    await expect(ada.getByText('Not found')).toBeVisible();
    await ada.goto('/console/acme/audit');
    await expect(ada.getByRole('table')).toBeVisible();
    await expect(ada.getByText(project)).toHaveCount(0);
    await ada.goto('/console/acme/projects');
    await expect(ada.getByRole('heading', { level: 1, name: 'Projects' })).toBeVisible();
    await expect(ada.getByText(project)).toHaveCount(0);
    await ada.goto(`/console/${slug}`);
    await expect(ada.getByRole('heading', { name: `Sign in to ${name}` })).toBeVisible();
    await other.close();
  });
  await own.close();
});
