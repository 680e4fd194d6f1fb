/** axe on every route × theme × state: no violation at all. */
import { violations } from './axe';
import { prepareRoutes, READS, type Route } from './routes';
import { ADA, apiOf, expect, fresh, OPERATOR, type Page, signIn, test } from './world';

/** What is still wrong when the page has come to rest: a theme that is just changing is nobody's violation. */
async function lasting(page: Page): Promise<string[]> {
  let found: string[] = [];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    found = await violations(page);
    if (found.length === 0) {
      break;
    }
  }
  return found;
}

/** Both themes of what the page shows now. */
async function check(page: Page, route: Route, state: string): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
    found.push(...(await lasting(page)).map((line) => `${route.name}, ${state}, ${colorScheme}: ${line}`));
  }
  return found;
}

async function open(page: Page, route: Route): Promise<void> {
  if (route.person) {
    await signIn(page, route.person);
  }
  await page.goto(route.path);
  await expect(page.locator('h1')).toBeVisible();
  if (route.person) {
    await expect(page.locator('[data-live=live]')).toBeVisible();
  }
}

const settled = async (page: Page) => {
  await expect(page.locator('.animate-pulse')).toHaveCount(0);
  await expect(page.locator('[aria-busy=true]')).toHaveCount(0);
};

test.setTimeout(900_000);

test('every page, loaded, in light and dark', async ({ page }) => {
  const found: string[] = [];
  for (const route of await prepareRoutes(page)) {
    if (!route.person) {
      await page.context().clearCookies();
    }
    await open(page, route);
    await settled(page);
    found.push(...(await check(page, route, 'loaded')));
  }
  expect(found).toEqual([]);
});

test('every list, empty, in light and dark', async ({ page }) => {
  const routes = (await prepareRoutes(page)).filter(({ isList }) => isList);
  await page.route(READS, (request) => request.fulfill({ json: { status: 'success', data: [], meta: {} } }));
  const found: string[] = [];
  for (const route of routes) {
    await open(page, route);
    await settled(page);
    await expect(
      page
        .getByRole('main')
        .getByText(/^(No|Nothing)/)
        .first(),
    ).toBeVisible();
    found.push(...(await check(page, route, 'empty')));
  }
  expect(found).toEqual([]);
});

test('every page that reads, when the server fails, in light and dark', async ({ page }) => {
  const routes = (await prepareRoutes(page)).filter(({ isStatic }) => !isStatic);
  const problem = {
    title: 'Internal Server Error',
    status: 500,
    detail: 'Something broke.',
    code: 'internal',
    request_id: 'r-1',
  };
  await page.route(READS, (request) => request.fulfill({ status: 500, json: problem }));
  const found: string[] = [];
  for (const route of routes) {
    await open(page, route);
    await expect(page.getByText('Something went wrong on the server').first()).toBeVisible();
    await expect(page.getByText('r-1').first()).toBeVisible();
    found.push(...(await check(page, route, 'error')));
  }
  expect(found).toEqual([]);
});

test('every page that reads, while it waits, in light and dark', async ({ page }) => {
  const routes = (await prepareRoutes(page)).filter(({ isStatic }) => !isStatic);
  await page.route(READS, () => undefined);
  const found: string[] = [];
  for (const route of routes) {
    await open(page, route);
    await expect(page.locator('.animate-pulse').first()).toBeVisible();
    found.push(...(await check(page, route, 'loading')));
  }
  expect(found).toEqual([]);
});

/** Something that opens over a page. */
interface Overlay {
  name: string;
  path: string;
  /** Opens it; it is there when `shown` is. */
  open: (page: Page) => Promise<void>;
  shown?: 'dialog' | 'menu' | 'listbox';
  isSmall?: boolean;
}

const press = (name: string | RegExp) => (page: Page) => page.getByRole('button', { name }).first().click();

/** Every kind of dialog and menu. */
function overlays({ role, group, policy, client, account, provider }: Record<string, string>): Overlay[] {
  const projects = '/console/acme/projects';
  const authorization_url = 'https://login.corp.example/authorize';
  return [
    { name: 'menu of the user', path: projects, open: press('Account of'), shown: 'menu' },
    { name: 'menu of tenants', path: projects, open: press('Switch organisation'), shown: 'menu' },
    { name: 'menu of columns', path: projects, open: press('Columns'), shown: 'menu' },
    { name: 'menu of views', path: projects, open: press('Saved views'), shown: 'menu' },
    { name: 'drawer', path: projects, open: press('Menu'), isSmall: true },
    { name: 'palette', path: projects, open: (page) => page.keyboard.press('Control+k') },
    { name: 'shortcuts', path: projects, open: (page) => page.keyboard.press('?') },
    { name: 'curl', path: projects, open: press('Show as curl') },
    {
      name: 'saving a view',
      path: projects,
      open: async (page) => {
        await press('Saved views')(page);
        await page.getByRole('menuitem', { name: 'Save this view' }).click();
      },
    },
    {
      name: 'several rows',
      path: projects,
      open: async (page) => {
        await page.getByLabel('Choose all rows of this page').check();
        await press('Archive')(page);
      },
    },
    { name: 'deleting a role', path: `/console/acme/roles/${role}`, open: press('Delete') },
    {
      name: 'leaving a form',
      path: `/console/acme/roles/${role}`,
      open: async (page) => {
        await page.getByLabel('Description').fill('Half a thought');
        await page.getByRole('link', { name: 'Members' }).click();
      },
    },
    { name: 'giving a group a role', path: `/console/acme/groups/${group}`, open: press('Give role') },
    { name: 'nesting groups', path: `/console/acme/groups/${group}`, open: press('Put a group inside') },
    {
      name: 'finding a person',
      path: `/console/acme/groups/${group}`,
      open: async (page) => {
        await press('Add member')(page);
        await page.getByRole('dialog').getByLabel('Person').focus();
      },
      shown: 'listbox',
    },
    { name: 'assigning a policy', path: `/console/acme/policies/${policy}`, open: press('Assign') },
    { name: 'enabling a policy', path: `/console/acme/policies/${policy}`, open: press('Enable') },
    { name: 'rolling back', path: `/console/acme/policies/${policy}`, open: press('Roll back to version 1') },
    {
      name: 'a client’s new secret',
      path: `/console/acme/clients/${client}`,
      open: async (page) => {
        await press('Make a new secret')(page);
        await page.getByRole('dialog').getByRole('button', { name: 'Make a new secret' }).click();
        await expect(page.getByLabel('Client secret')).toBeVisible();
      },
    },
    { name: 'issuing a key', path: `/console/acme/service-accounts/${account}`, open: press('Issue key') },
    { name: 'declaring a type', path: '/console/acme/catalogue', open: press('Declare type') },
    {
      name: 'bulk with a reason',
      path: '/console/acme/members',
      open: async (page) => {
        await page.getByLabel('Choose all rows of this page').check();
        await press('Unlock')(page);
      },
    },
    {
      name: 'filtering by person',
      path: '/console/acme/decisions',
      open: (page) => page.getByRole('combobox', { name: 'User' }).focus(),
      shown: 'listbox',
    },
    {
      name: 'trying an identity provider',
      path: `/console/acme/identity-providers/${provider}`,
      open: async (page) => {
        const json = { status: 'success', data: { authorization_url } };
        await page.route('**/identity-providers/*/test', (request) => request.fulfill({ json }));
        await page.evaluate(() => {
          window.open = () => null;
        });
        await press('Try sign-in')(page);
        await press('Go to login.corp.example')(page);
        await expect(page.getByText('has opened no window')).toBeVisible();
      },
    },
    {
      name: 'what trying it has told',
      path: `/console/acme/identity-providers/${provider}`,
      open: async (page) => {
        const claims = { sub: 'subject-1', email: 'nora@harbour.example', groups: ['Harbour crew'] };
        const data = { outcome: 'refused', reason: 'of another domain', roles: [], groups: claims.groups, claims };
        await page.evaluate(() => {
          window.open = () => ({ closed: true, location: { replace: () => undefined } }) as never;
        });
        await press('Try sign-in')(page);
        await press('Go to login.corp.example')(page);
        await page.getByLabel('Or paste the answer').fill(JSON.stringify({ data }));
      },
    },
    { name: 'linking an account', path: '/console/acme/account', open: press('Link an account') },
    { name: 'shadow evaluation', path: `/console/acme/policies/${policy}`, open: press('Try on recorded decisions') },
  ];
}

test('every dialog and menu, open, in light and dark', async ({ page }) => {
  const paths = Object.fromEntries((await prepareRoutes(page)).map(({ name, path }) => [name, path]));
  const idOf = (name: string) => new URL(paths[name] ?? '', 'http://x').pathname.split('/').at(-1) ?? '';
  const found: string[] = [];
  const names = {
    role: 'role',
    group: 'group',
    policy: 'policy',
    client: 'client',
    account: 'service account',
    provider: 'identity provider',
  };
  const ids = Object.fromEntries(Object.entries(names).map(([key, name]) => [key, idOf(name)]));
  for (const overlay of overlays(ids)) {
    await page.setViewportSize(overlay.isSmall ? { width: 390, height: 760 } : { width: 1280, height: 800 });
    await open(page, { name: overlay.name, path: overlay.path, person: ADA });
    await settled(page);
    await overlay.open(page);
    await expect(page.getByRole(overlay.shown ?? 'dialog').first(), overlay.name).toBeVisible();
    await settled(page);
    found.push(...(await check(page, { name: overlay.name, path: overlay.path }, 'open')));
  }
  expect(found).toEqual([]);
});

test('a policy with mistakes, and a matrix with changes, in light and dark', async ({ page }) => {
  await signIn(page, ADA);
  const found: string[] = [];
  await page.goto('/console/acme/policies/new?example=premium');
  await page
    .getByLabel('Target and rules')
    .fill('{"target": {"resource": "booking", "action": "cancel"},\n"rules": {}}');
  await expect(page.locator('#json-error')).toBeVisible();
  found.push(...(await check(page, { name: 'create policy', path: '' }, 'with mistakes')));
  const { data } = await apiOf(page, 'acme').post('/roles', { name: fresh('changed'), role_family: 'Internal' });
  await page.goto(`/console/acme/roles/matrix?role=${encodeURIComponent(data.name)}&search=audit`);
  await page.getByRole('button', { name: /^audit:read for changed/ }).click();
  await expect(page.getByText('1 change · 1 role')).toBeVisible();
  found.push(...(await check(page, { name: 'matrix', path: '' }, 'changed')));
  expect(found).toEqual([]);
});

test('acting in a user’s name, in light and dark', async ({ page }) => {
  await signIn(page, OPERATOR);
  const found: string[] = [];
  const tenants = await apiOf(page, 'platform').get('/tenants?search=acme');
  await page.goto(`/console/platform/tenants/${tenants.data.find(({ slug }) => slug === 'acme')?.id}`);
  await page.getByRole('button', { name: 'Act in a user’s name' }).click();
  await page.getByRole('dialog').getByLabel('Reason').fill('A look at the banner');
  found.push(...(await check(page, { name: 'impersonation', path: '' }, 'asked')));
  await page.getByRole('dialog').getByRole('button', { name: 'Act in a user’s name' }).click();
  await expect(page.getByRole('region', { name: 'Impersonation' })).toBeVisible();
  await settled(page);
  found.push(...(await check(page, { name: 'impersonation', path: '' }, 'going on')));
  await page.setViewportSize({ width: 375, height: 700 });
  const overflow = () => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  await expect.poll(overflow).toBeLessThanOrEqual(0);
  await page.getByRole('button', { name: 'End now' }).click();
  await expect(page.getByRole('region', { name: 'Impersonation' })).toHaveCount(0);
  expect(found).toEqual([]);
});

test('a provider with mistakes, and a table with rows that failed, in light and dark', async ({ page }) => {
  await signIn(page, ADA);
  const found: string[] = [];
  await page.goto('/console/acme/identity-providers/new');
  await page.getByLabel('E-mail domains, line 1').fill('nowhere');
  await page.getByRole('button', { name: 'Add group' }).click();
  await page.getByLabel('Group there, line 1').fill('Crew');
  await page.getByRole('button', { name: 'Set up provider' }).click();
  await expect(page.locator('#group_roles-error')).toBeVisible();
  found.push(...(await check(page, { name: 'set up provider', path: '' }, 'with mistakes')));
  await page.goto('/console/acme/invitations/import');
  await page.getByLabel('People as CSV').fill(`email\n${ADA.email}\nnobody\n`);
  await page.getByRole('button', { name: 'Invite all' }).click();
  await expect(page.getByText('0 invited · 2 failed')).toBeVisible();
  found.push(...(await check(page, { name: 'invite many', path: '' }, 'failed')));
  expect(found).toEqual([]);
});

test('a client with wrong addresses, and a secret that was not copied, in light and dark', async ({ page }) => {
  await signIn(page, ADA);
  const found: string[] = [];
  await page.goto('/console/acme/clients/new');
  await page.getByLabel('Redirect addresses, line 1').fill('nowhere');
  await page.getByRole('button', { name: 'Register client' }).click();
  await expect(page.locator('#redirect_uris-error')).toBeVisible();
  found.push(...(await check(page, { name: 'register client', path: '' }, 'with mistakes')));
  await page.getByRole('radio', { name: /^Machine/ }).check();
  await page.getByLabel('Name').fill(fresh('Uncopied'));
  await page.getByRole('button', { name: 'Register client' }).click();
  await page.getByRole('button', { name: 'I have kept it' }).click();
  await expect(page.getByRole('alert')).toBeVisible();
  found.push(...(await check(page, { name: 'register client', path: '' }, 'not copied')));
  expect(found).toEqual([]);
});
