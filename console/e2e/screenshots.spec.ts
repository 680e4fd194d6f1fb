/** The pictures of the README; written to docs/screenshots with `TENANTRY_SCREENSHOTS=1`, else to the test's own folder. */
import { fileURLToPath } from 'node:url';
import { Idp } from './idp';
import { ADA, apiOf, expect, GRACE, OPERATOR, type Page, signIn, test } from './world';

const folder = process.env.TENANTRY_SCREENSHOTS
  ? fileURLToPath(new URL('../../docs/screenshots/', import.meta.url))
  : fileURLToPath(new URL('../test-results/screenshots/', import.meta.url));

/** Ten, so that the first page shows nothing that another test has left behind. */
const PROJECTS = [
  'Ferry timetable',
  'Quayside lighting',
  'Market hall roof',
  'Cycle path north',
  'Flood gauges',
  'Harbour extension',
  'Night market',
  'Bridge survey',
  'River ferry',
  'Lighthouse renovation',
];

async function picture(page: Page, name: string): Promise<void> {
  await expect(page.locator('h1')).toBeVisible();
  await expect(page.locator('.animate-pulse')).toHaveCount(0);
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: `${folder}${name}.png`, animations: 'disabled' });
}

/** Roles, a premium customer and a policy, under names that a picture can show; what an earlier run made is used again. */
async function prepareAccess(page: Page): Promise<{ policy: string; carol: string }> {
  const acme = apiOf(page, 'acme');
  const all = await acme.get('/roles?limit=100&sort=-created_at');
  const made = async (name: string, permissions: string[] = []) =>
    all.data.find((role) => role.name === name)?.id ??
    (await acme.post('/roles', { name, role_family: 'Internal', permissions })).data.id;
  await made('Harbour master', ['audit:read', 'projects:create', 'projects:read', 'projects:update', 'users:read']);
  await made('Harbour crew', ['projects:read', 'projects:update:own']);
  await made('Harbour auditor', ['access:read', 'audit:export', 'audit:read', 'events:read', 'projects:read']);
  const role = await made('PremiumCustomer');
  const email = 'carol.reed@customer.example';
  const [known] = (await acme.get(`/users?search=${email}`)).data;
  const carol = { email, first_name: 'Carol', last_name: 'Reed', password: ADA.password, email_verified: true };
  const user = known ?? (await acme.post('/users', carol)).data;
  const held = await acme.get(`/users/${user.id}/roles`);
  if (!held.data.some(({ id }) => id === role)) {
    await acme.post(`/users/${user.id}/roles`, { role_id: role });
  }
  const name = 'PremiumCustomerBookingPolicy';
  const [policy] = (await acme.get(`/policies?name=${name}`)).data;
  const conditions = [{ 'user.role': 'PremiumCustomer', 'booking.scheduled_time': '> now() + 24h' }];
  const body = { name, target: { resource: 'booking', action: 'cancel' }, rules: { effect: 'allow', conditions } };
  return { policy: (policy ?? (await acme.post('/policies', body)).data).id, carol: user.id };
}

test('pictures of access control', async ({ page }) => {
  await signIn(page, ADA);
  const { policy, carol } = await prepareAccess(page);
  await page.setViewportSize({ width: 1280, height: 760 });
  await page.goto('/console/acme/roles/matrix?role=harbour&roles=96');
  await page.getByRole('button', { name: /^audit:export for Harbour master/ }).click();
  await picture(page, 'matrix');
  await page.getByRole('button', { name: 'Discard changes' }).click();
  const booking = 'id=b-1042&a.scheduled_time=2026-12-24T10:00:00Z&a.status=open';
  const asked = `user=${carol}&action=booking:cancel&${booking}&time=2026-12-22T09:00:00Z`;
  await page.goto(`/console/acme/simulator?${asked}`);
  await expect(page.getByText('Allowed')).toBeVisible();
  await picture(page, 'simulator');
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.goto('/console/acme/policies/new?example=premium');
  const code = page.getByLabel('Target and rules');
  await code.fill((await code.inputValue()).replace('24h', 'a day'));
  await expect(page.getByRole('button', { name: 'Line 11' })).toBeVisible();
  await page.locator('#json-error').evaluate((problems) => problems.scrollIntoView({ block: 'end' }));
  await page.evaluate(() => window.scrollBy(0, 24));
  await picture(page, 'policy-dark');
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 390, height: 760 });
  await page.goto(`/console/acme/policies/${policy}`);
  await expect(page.getByText('Understood')).toBeVisible();
  await page.getByLabel('Target and rules').evaluate((code) => code.scrollIntoView({ block: 'center' }));
  await picture(page, 'policy-mobile');
});

test('pictures of identity', async ({ page }) => {
  await signIn(page, ADA);
  const acme = apiOf(page, 'acme');
  const name = 'Berth planner';
  const clients = await acme.get('/oauth/clients?limit=100');
  const redirect_uris = ['https://berths.example.com/callback', 'http://127.0.0.1/callback'];
  const known = clients.data.find((client) => client.name === name);
  const { id } = known ?? (await acme.post('/oauth/clients', { name, preset: 'partner', redirect_uris })).data;
  await page.setViewportSize({ width: 1280, height: 760 });
  await page.goto(`/console/acme/clients/${id}`);
  const connect = page.getByRole('heading', { name: 'How to connect' });
  await expect(page.getByRole('region', { name: 'curl' })).toBeVisible();
  await connect.evaluate((heading) => heading.scrollIntoView({ block: 'start' }));
  await page.evaluate(() => window.scrollBy(0, -72));
  await picture(page, 'client');
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await signIn(page, OPERATOR);
  const tenants = await apiOf(page, 'platform').get('/tenants?search=acme');
  await page.goto(`/console/platform/tenants/${tenants.data.find(({ slug }) => slug === 'acme')?.id}`);
  await page.getByRole('button', { name: 'Act in a user’s name' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('The harbour crew sees no projects');
  await page.getByRole('dialog').getByRole('button', { name: 'Act in a user’s name' }).click();
  await expect(page.getByRole('region', { name: 'Impersonation' })).toBeVisible();
  await page.getByRole('navigation', { name: 'Menu' }).getByRole('link', { name: 'Roles' }).click();
  await expect(page.getByRole('table')).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).click();
  await picture(page, 'impersonation-dark');
  await page.getByRole('button', { name: 'End now' }).click();
  await expect(page.getByRole('region', { name: 'Impersonation' })).toHaveCount(0);
});

test('pictures of how people come in', async ({ page }) => {
  const idp = await Idp.start();
  const claims = { sub: 'subject-1', email: 'nora@corp.example', email_verified: true, name: 'Nora New' };
  idp.claims = { ...claims, groups: ['Harbour crew', 'Cooks'] };
  await signIn(page, ADA);
  const acme = apiOf(page, 'acme');
  const roles = await acme.get('/roles?limit=100');
  const viewer = roles.data.find(({ name }) => name === 'viewer')?.id ?? '';
  const { data } = await acme.post('/identity-providers', {
    type: 'oidc',
    slug: `pictures-${Date.now()}`,
    name: 'Corp',
    issuer: idp.issuer,
    client_id: idp.client,
    client_secret: idp.secret,
    email_domains: ['corp.example'],
    auto_provision: true,
    group_roles: { 'Harbour crew': viewer },
    enabled: false,
  });
  await page.setViewportSize({ width: 1280, height: 760 });
  await page.goto(`/console/acme/identity-providers/${data.id}`);
  await page.getByRole('button', { name: 'Try sign-in' }).click();
  await page.getByRole('button', { name: /^Go to/ }).click();
  await expect(page.getByRole('dialog').getByText('Becomes a member')).toBeVisible();
  await picture(page, 'provider');
  await acme.delete(`/identity-providers/${data.id}`);
  idp.stop();
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.goto('/console/acme/invitations/import');
  const rows = [`una-${Date.now()}@guest.example,Una,Berg`, `${ADA.email},Ada,`, 'duo.guest.example,Duo,'];
  await page.getByLabel('People as CSV').fill(`email,first_name,last_name\n${rows.join('\n')}\n`);
  await page.getByRole('button', { name: 'Invite all' }).click();
  await expect(page.getByText('1 invited · 2 failed')).toBeVisible();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByLabel('People as CSV').evaluate((table) => table.scrollIntoView({ block: 'center' }));
  await picture(page, 'invitations-dark');
});

test('pictures of the hosted pages', async ({ page }) => {
  await signIn(page, GRACE);
  await apiOf(page, 'globex').put('/config/branding', {
    display_name: 'Globex Harbour',
    colors: { primary: '#0f766e', primary_dark: '#5eead4', background: '#e6f2f0', background_dark: '#0b1f1d' },
    typography: { font: 'humanist', scale: 100 },
    radius: 12,
    links: { privacy: 'https://globex.example/privacy', support: 'mailto:help@globex.example' },
  });
  await page.setViewportSize({ width: 1280, height: 760 });
  await page.goto('/console/globex/branding');
  await expect(page.getByRole('img', { name: 'The sign-in page, light' })).toContainText('Globex Harbour');
  await page.getByText('Preview', { exact: true }).evaluate((heading) => heading.scrollIntoView({ block: 'start' }));
  await page.evaluate(() => window.scrollBy(0, -380));
  await picture(page, 'branding');
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.goto('/t/globex/account');
  await page.locator('#email').fill(GRACE.email);
  await page.locator('#password').fill(GRACE.password);
  await page.locator('form[action$="/sign-in"] button:not([name])').click();
  await expect(page).toHaveURL(/\/account\/profile$/);
  await page.goto('/t/globex/account/security');
  await picture(page, 'own-account-dark');
});

test('pictures of the console', async ({ page }) => {
  await signIn(page, ADA);
  const acme = apiOf(page, 'acme');
  for (const name of PROJECTS) {
    await acme.post('/projects', { name, description: `Planning and permits: ${name.toLowerCase()}` });
  }
  await page.setViewportSize({ width: 1280, height: 760 });
  await page.goto('/console/acme/projects?limit=10');
  await picture(page, 'projects');
  await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
  await page.goto('/console/acme/audit?limit=10&live=1');
  await expect(page.locator('[data-live=live]')).toBeVisible();
  await picture(page, 'audit-dark');
  await page.setViewportSize({ width: 390, height: 760 });
  await page.goto('/console/acme');
  await expect(page.locator('.recharts-surface').first()).toBeVisible();
  await picture(page, 'overview-mobile-dark');
  await page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
  await page.setViewportSize({ width: 1280, height: 760 });
  await signIn(page, OPERATOR);
  await page.goto('/console/platform');
  await expect(page.locator('.recharts-surface').first()).toBeVisible();
  await picture(page, 'fleet');
});
