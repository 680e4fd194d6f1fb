import { ADA, apiOf, expect, fresh, type Page, signIn, test } from './world';

const F = '/tmp/face/shots/';
const shot = async (page: Page, name: string) => {
  await expect(page.locator('h1')).toBeVisible();
  await expect(page.locator('.animate-pulse')).toHaveCount(0);
  await page.waitForTimeout(600);
  await page.screenshot({ path: `${F}${name}.png`, animations: 'disabled', fullPage: true });
};
test('shots', async ({ page }) => {
  await signIn(page, ADA);
  const acme = apiOf(page, 'acme');
  const role = await acme.post('/roles', {
    name: fresh('auditor'),
    role_family: 'Internal',
    permissions: ['audit:read', 'projects:update:own'],
  });
  const group = await acme.post('/groups', { name: fresh('Night shift'), description: 'People at the quay' });
  const inner = await acme.post('/groups', { name: fresh('Trainees') });
  const me = await acme.get('/users/me');
  await acme.post(`/groups/${group.data.id}/members`, { user_id: me.data.id, expires_at: '2027-01-01T00:00:00Z' });
  await acme.post(`/groups/${group.data.id}/groups`, { group_id: inner.data.id });
  await acme.post(`/groups/${group.data.id}/roles`, { role_id: role.data.id });
  const premium = await acme.post('/policies', {
    name: fresh('Premium'),
    target: { resource: 'booking', action: 'cancel' },
    rules: {
      effect: 'allow',
      conditions: [{ 'user.role': 'PremiumCustomer', 'booking.scheduled_time': '> now() + 24h' }],
    },
  });
  await acme.put(`/policies/${premium.data.id}`, { priority: 5 });
  for (const [size, suffix] of [
    [{ width: 1280, height: 800 }, ''],
    [{ width: 390, height: 760 }, '-m'],
  ] as const) {
    await page.setViewportSize(size);
    for (const scheme of ['light', 'dark'] as const) {
      if (suffix === '' && scheme === 'dark' && !process.env.ALL) continue;
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' });
      const go = async (path: string, name: string) => {
        await page.goto(`/console/acme${path}`);
        await shot(page, `${name}${suffix}-${scheme}`);
      };
      if (suffix && scheme === 'light') continue;
      await go('/roles/matrix', 'matrix');
      await go(`/groups/${group.data.id}`, 'group');
      await go('/policies', 'policies');
      await go('/policies/new?example=premium', 'policy-new');
      await go(`/policies/${premium.data.id}?from=1&to=2`, 'policy');
      await go('/policies/tests', 'tests');
      await go('/policies/import', 'import');
      await go('/simulator?action=booking:cancel&id=1', 'simulator');
      await go(`/simulator?mode=abilities&user=${me.data.id}`, 'abilities');
      await go('/simulator?mode=who&action=projects:update', 'who');
      await go('/decisions', 'decisions');
    }
  }
});
