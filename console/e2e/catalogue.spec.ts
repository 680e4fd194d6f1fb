/** Words of one's own: permissions, types, families; and people instead of ids in filters and questions. */

import { denied } from './routes';
import { ADA, apiOf, expect, fresh, signIn, test } from './world';

test.beforeEach(async ({ page }) => {
  await signIn(page, ADA);
});

test('a permission, a type and a family are declared, changed and removed', async ({ page }) => {
  const word = `berth${fresh('x').replace(/[^a-z0-9]/g, '')}`;
  await page.goto('/console/acme/catalogue');
  const dialog = page.getByRole('dialog');
  await page.getByRole('button', { name: 'Declare permission' }).click();
  await dialog.getByLabel('Name').fill('no good');
  await dialog.getByRole('button', { name: 'Declare permission' }).click();
  await expect(page.locator('#name-error')).toContainText('colon');
  await dialog.getByLabel('Name').fill(`${word}:moor`);
  await dialog.getByRole('button', { name: 'Declare permission' }).click();
  await page.getByLabel('Permissions: find').fill(word);
  await expect(page.getByText(`${word}:moor`)).toBeVisible();

  await page.getByRole('button', { name: 'Declare type' }).click();
  await dialog.getByLabel('Name').fill(word);
  await dialog.getByLabel('Attributes, line 1').fill('depth: fathoms');
  await dialog.getByRole('button', { name: 'Declare type' }).click();
  await expect(page.locator('#attributes-error')).toContainText('number');
  await dialog.getByLabel('Attributes, line 1').fill('depth: number');
  await dialog.getByRole('button', { name: 'Declare type' }).click();
  await expect(page.getByText('depth: number')).toBeVisible();
  await page.getByRole('button', { name: `Change ${word}` }).click();
  await dialog.getByRole('button', { name: 'Add attribute' }).click();
  await dialog.getByLabel('Attributes, line 2').fill('free: boolean');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('depth: number, free: boolean')).toBeVisible();

  await page.getByRole('button', { name: 'Define family' }).click();
  await dialog.getByLabel('Name').fill(word);
  await dialog.getByRole('button', { name: 'Define family' }).click();
  await expect(dialog).toHaveCount(0);

  for (const [name, isTyped] of [
    [`${word}:moor`, true],
    [word, true],
    [word, false],
  ] as const) {
    await page
      .getByRole('button', { name: `Remove ${name}`, exact: true })
      .first()
      .click();
    if (isTyped) {
      await dialog.getByLabel(/^Type/).fill(name);
    }
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await expect(dialog).toHaveCount(0);
  }
  await expect(page.getByText(word)).toHaveCount(0);
});

test('the decision log is filtered by a person, found by address', async ({ page }) => {
  await denied(page);
  await page.goto('/console/acme/decisions');
  const picker = page.getByRole('combobox', { name: 'User' });
  await picker.fill('ada@');
  await page.getByRole('option', { name: /ada@acme.example/ }).click();
  const me = await apiOf(page, 'acme').get('/users/me');
  await expect(page).toHaveURL(new RegExp(`user_id=${me.data.id}`));
  await page.reload();
  await expect(page.getByLabel('User', { exact: true })).toHaveValue(/ada@acme.example/);
  await page.getByRole('button', { name: 'User: choose someone else' }).click();
  await expect(page).not.toHaveURL(/user_id/);
});

test('the simulator takes the owner by name', async ({ page }) => {
  await page.goto('/console/acme/simulator?action=projects:update');
  const owner = page.getByRole('combobox', { name: /^Owner/ });
  await owner.fill('ada@');
  await page.getByRole('option', { name: /ada@acme.example/ }).click();
  await page.getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(page.getByText('Allowed')).toBeVisible();
  await expect(page).toHaveURL(/owner=/);
});
