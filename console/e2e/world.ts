/** What the browser tests stand on: people, signing in without the page, and a watch over the page's errors. */
import { type APIRequestContext, test as base, expect, type Page } from '@playwright/test';

/** Someone who can sign in. */
export interface Person {
  tenant: string;
  email: string;
  password: string;
}

function needed(name: string): string {
  const value = process.env[name];
  if (!value) {
    throw new Error(`The browser tests need ${name}`);
  }
  return value;
}

/** The operator of the platform. */
export const OPERATOR: Person = {
  tenant: 'platform',
  email: needed('TENANTRY_OPERATOR_EMAIL'),
  password: needed('TENANTRY_OPERATOR_PASSWORD'),
};

/** The password of the demonstration tenants. */
export const PASSWORD = 'correct-Horse-42-battery';

/** Administrator of Acme. */
export const ADA: Person = { tenant: 'acme', email: 'ada@acme.example', password: PASSWORD };

/** Administrator of Globex. */
export const GRACE: Person = { tenant: 'globex', email: 'grace@globex.example', password: PASSWORD };

/** A name that no run has used before. */
export function fresh(name: string): string {
  return `${name} ${Date.now().toString(36)}${Math.floor(Math.random() * 1296).toString(36)}`;
}

type Cookies = Awaited<ReturnType<ReturnType<Page['context']>['cookies']>>;
/** Whom the tests have signed in, and until when their cookies are good: access tokens live for a quarter of an hour. */
const kept = new Map<string, { cookies: Cookies; until: number }>();
const GOOD_MS = 8 * 60_000;

/** Sign in through the form. */
export async function signInByForm(page: Page, person: Person): Promise<void> {
  await page.getByLabel('E-mail address').fill(person.email);
  await page.getByLabel('Password').fill(person.password);
  await page.getByRole('button', { name: 'Sign in', exact: true }).click();
}

/** Be signed in: through the form, or by the cookies of the last time while these are good. */
export async function signIn(page: Page, person: Person, isFresh = false): Promise<void> {
  const key = `${person.tenant}/${person.email}`;
  const known = isFresh ? undefined : kept.get(key);
  if (known && Date.now() < known.until) {
    await page.context().addCookies(known.cookies);
    return;
  }
  await page.goto(`/console/${person.tenant}/sign-in`);
  await signInByForm(page, person);
  await expect(
    page
      .getByRole('navigation', { name: 'Menu' })
      .or(page.getByRole('button', { name: 'Menu' }))
      .first(),
  ).toBeVisible();
  if (!isFresh) {
    kept.set(key, { cookies: await page.context().cookies(), until: Date.now() + GOOD_MS });
  }
}

/** What the tests read of the API's resources. */
interface Thing {
  id: string;
  name: string;
  slug: string;
  is_current: boolean;
  permissions: string[];
  priority: number;
  status: string;
  status_reason: string | null;
  deleted_at: string | null;
  redirect_uris: string[];
  scopes: string[];
  secret: string;
}

/** An answer: one resource or a list, as the route says. */
interface Reply {
  data: Thing & Thing[];
}

/** The API of a tenant, as the person whose cookies the page has. */
export function apiOf(page: Page, tenant: string) {
  const request: APIRequestContext = page.context().request;
  const headers = { 'X-Tenantry-CSRF': '1' };
  const read = async (response: Awaited<ReturnType<APIRequestContext['get']>>): Promise<Reply> => {
    expect(response.ok(), `${response.url()} ${response.status()} ${await response.text()}`).toBe(true);
    return (await response.json()) as Reply;
  };
  return {
    get: async (path: string) => read(await request.get(`/v1/${tenant}${path}`)),
    post: async (path: string, data?: unknown) => read(await request.post(`/v1/${tenant}${path}`, { data, headers })),
    put: async (path: string, data?: unknown) => read(await request.put(`/v1/${tenant}${path}`, { data, headers })),
    delete: async (path: string) => read(await request.delete(`/v1/${tenant}${path}`, { headers })),
  };
}

/** A new tenant, for what would change the others for everybody; its administrator is signed in. */
export async function ownTenant(page: Page, name: string): Promise<Person> {
  await signIn(page, OPERATOR);
  const platform = apiOf(page, 'platform');
  const chosen = fresh(name);
  const slug = chosen.toLowerCase().replaceAll(' ', '-');
  const admin = { tenant: slug, email: `alice@${slug}.example`, password: PASSWORD };
  const made = await platform.post('/tenants', { name: chosen, admin_email: admin.email, admin_password: PASSWORD });
  await expect.poll(async () => (await platform.get(`/tenants/${made.data.id}`)).data.status).toBe('active');
  await page.context().clearCookies();
  await signIn(page, admin, true);
  return admin;
}

/** What the browser complains about by itself and is no fault of the page: answers that a test asked for. */
const EXPECTED = /Failed to load resource|net::ERR_/;

/** A test that fails when the page throws, logs an error, or breaks its policy. */
export const test = base.extend<{ complaints: string[] }>({
  complaints: [
    async ({ page }, use) => {
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(`thrown: ${error.message}`));
      page.on('console', (message) => {
        if (message.type() === 'error' && !EXPECTED.test(message.text())) {
          complaints.push(`console: ${message.text()}`);
        }
      });
      await use(complaints);
      expect(complaints).toEqual([]);
    },
    { auto: true },
  ],
});

export { expect, type Page };
