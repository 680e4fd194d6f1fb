/**
 * The pages of the provider itself, as people on the way to a client see them: in every language, light and dark, narrow and wide.
 * No violation of axe's, none of the pages' own policy, and every form works without JavaScript.
 */
import { createHash, randomBytes } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import type { Browser, BrowserContext } from '@playwright/test';
import { violations } from './axe';
import { setUpApp } from './totp';
import { apiOf, expect, fresh, OPERATOR, PASSWORD, type Page, type Person, signIn, test } from './world';

const pictures = fileURLToPath(new URL('../test-results/hosted/', import.meta.url));
const CALLBACK = 'https://berths.example.com/callback';
const LANGUAGES = { en: 'en-GB', de: 'de-DE', hi: 'hi-IN' } as const;
const SIZES = [
  ['narrow', { width: 320, height: 640 }],
  ['wide', { width: 1280, height: 800 }],
] as const;

/** A tenant with everything that the pages can be about. */
interface World {
  base: string;
  client: string;
  formPost: string;
  device: string;
  admin: Person;
  /** Has a second factor. */
  fay: Person;
  invitations: string[];
  newPassword: string;
}

let world: World;

/** The authorization endpoint, as a client sends people there. */
function authorization(client: string, more: Record<string, string> = {}): string {
  const challenge = createHash('sha256').update(randomBytes(32)).digest('base64url');
  const query = new URLSearchParams({
    client_id: client,
    response_type: 'code',
    redirect_uri: CALLBACK,
    scope: 'openid profile email',
    state: 'of the client',
    code_challenge: challenge,
    code_challenge_method: 'S256',
    ...more,
  });
  return `${world.base}/oauth2/authorize?${query}`;
}

/** The newest captured message to an address. */
async function mailTo(page: Page, address: string, kind: string): Promise<string> {
  const newest = async () => {
    // The server itself shows it, to this machine only.
    const mailbox = await (await page.context().request.get(`${process.env.TENANTRY_URL}/dev/mailbox`)).text();
    const articles = mailbox.split('<article>');
    return articles.find((one) => one.includes(`<dd>${address}</dd>`) && one.includes(`<dd>${kind}</dd>`)) ?? '';
  };
  await expect.poll(newest).not.toBe('');
  return newest();
}

/** The address in a message's link, without its origin. */
function linkIn(message: string): string {
  const [, address = ''] = /href="([^"]+)"/.exec(message) ?? [];
  const url = new URL(address.replaceAll('&amp;', '&'));
  return url.pathname + url.search;
}

async function prepare(page: Page): Promise<World> {
  await signIn(page, OPERATOR);
  const platform = apiOf(page, 'platform');
  const name = fresh('Harbour Works');
  const slug = name.toLowerCase().replaceAll(' ', '-');
  const admin = { tenant: slug, email: `alice@${slug}.example`, password: PASSWORD };
  const made = await platform.post('/tenants', { name, admin_email: admin.email, admin_password: PASSWORD });
  await expect.poll(async () => (await platform.get(`/tenants/${made.data.id}`)).data.status).toBe('active');
  await page.context().clearCookies();
  await signIn(page, admin, true);
  const own = apiOf(page, slug);
  const clientOf = async (body: Record<string, unknown>) => {
    const { data } = await own.post('/oauth/clients', { name: fresh('Berth planner'), ...body });
    return data.id;
  };
  const redirect_uris = [CALLBACK];
  const client = await clientOf({ preset: 'partner', redirect_uris, description: 'Plans who lies where, and when.' });
  const formPost = await clientOf({ preset: 'user', redirect_uris });
  const device = await clientOf({
    kind: 'public',
    grant_types: ['urn:ietf:params:oauth:grant-type:device_code'],
    scopes: ['openid', 'email'],
  });
  await own.post('/identity-providers', {
    type: 'oidc',
    slug: 'corp',
    name: 'Corp & Co',
    issuer: 'https://login.corp.example',
    client_id: 'x',
    client_secret: 'x',
    email_domains: ['corp.example'],
  });
  await own.put('/registration-policy', { mode: 'open' });
  await own.put('/config/branding', {
    display_name: 'Harbour & Sons',
    colors: { primary: '#d9a400', background: '#10243f', background_dark: '#2a1030' },
    typography: { font: 'humanist', scale: 105 },
    radius: 12,
    links: { privacy: 'https://harbour.example/privacy', support: 'mailto:help@harbour.example' },
  });
  const invited = ['ines', 'ivo'].map((one) => `${one}@${slug}.example`);
  for (const email of invited) {
    await own.post('/users/invite', { email, first_name: 'Ines', language: 'en' });
  }
  const fay = { tenant: slug, email: `fay@${slug}.example`, password: PASSWORD };
  await own.post('/users', { email: fay.email, first_name: 'Fay', password: PASSWORD, email_verified: true });
  await page.context().request.post(`/v1/${slug}/auth/password-reset`, { data: { email: admin.email } });
  const newPassword = linkIn(await mailTo(page, admin.email, 'password_reset'));
  const invitations: string[] = [];
  for (const email of invited) {
    invitations.push(linkIn(await mailTo(page, email, 'invitation')));
  }
  await page.context().clearCookies();
  await signIn(page, fay, true);
  await setUpApp(page, slug);
  await page.context().clearCookies();
  return { base: `/t/${slug}`, client, formPost, device, admin, fay, invitations, newPassword };
}

test.setTimeout(900_000);

test.beforeAll(async ({ browser, baseURL }) => {
  const context = await browser.newContext({ baseURL });
  world = await prepare(await context.newPage());
  await context.close();
});

/** What a page of a context complains about, and what its policy had to refuse. */
function watch(context: BrowserContext): string[] {
  const complaints: string[] = [];
  context.on('page', (page) => {
    page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
    page.on('console', (message) => {
      if (/Content.Security.Policy/i.test(message.text())) {
        complaints.push(`${page.url()}: ${message.text()}`);
      }
    });
  });
  return complaints;
}

async function visitor(browser: Browser, baseURL: string | undefined, options: Parameters<Browser['newContext']>[0]) {
  const context = await browser.newContext({ baseURL, reducedMotion: 'reduce', ...options });
  const complaints = watch(context);
  // The client's own page, and the other provider's.
  await context.route(/^https:\/\/(berths|login\.corp)\.example(\.com)?\//, (route) =>
    route.fulfill({ contentType: 'text/html', body: '<!doctype html><title>The client</title><h1>The client</h1>' }),
  );
  return { context, complaints, page: await context.newPage() };
}

/** The shape of every page: nothing is cut off, nothing sticks out, and what can be pressed can be hit. */
async function misshapen(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const wrong: string[] = [];
    if (document.documentElement.scrollWidth > window.innerWidth) {
      wrong.push(`wider than the window: ${document.documentElement.scrollWidth}`);
    }
    for (const one of document.querySelectorAll<HTMLElement>('button, input:not([type=hidden]), a.way')) {
      // A box is ticked by its label, too.
      const target = one.matches('[type=checkbox]') ? (one.closest('label') ?? one) : one;
      const { height, width } = target.getBoundingClientRect();
      if (!one.closest('[hidden]') && (height < 40 || width < 40)) {
        wrong.push(`too small to hit: ${one.outerHTML.slice(0, 80)} (${width} × ${height})`);
      }
    }
    return wrong;
  });
}

type Check = (name: string) => Promise<void>;

/** Look at what the page shows, in both themes and both sizes. */
function checker(page: Page, language: string, found: string[]): Check {
  return async (name) => {
    await expect(page.locator('h1'), name).toBeVisible();
    await expect(page.locator('html'), name).toHaveAttribute('lang', language);
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      for (const [size, viewport] of SIZES) {
        await page.setViewportSize(viewport);
        const state = `${name}, ${language}, ${colorScheme}, ${size}`;
        found.push(...(await violations(page)).map((line) => `${state}: ${line}`));
        found.push(...(await misshapen(page)).map((line) => `${state}: ${line}`));
        await page.screenshot({ path: `${pictures}${name}-${language}-${colorScheme}-${size}.png`, fullPage: true });
      }
    }
  };
}

const submit = (page: Page, form: string) => page.locator(`form[action$="${form}"] button:not([name])`).click();

async function fillIn(page: Page, email: string, password: string): Promise<void> {
  await page.locator('#email').fill(email);
  await page.locator('#password').fill(password);
}

/** The pages between a client and its code. */
async function onTheWay(page: Page, check: Check): Promise<void> {
  await page.goto(authorization('unknown'));
  await check('error');
  await page.goto(authorization(world.client));
  await check('sign-in');
  await fillIn(page, 'nobody@corp.example', 'wrong');
  await submit(page, '/sign-in');
  await check('sign-in-refused');
  await page.locator('#email').fill('nobody@nowhere.example');
  await page.locator('button[name=federate]').click();
  await check('sign-in-no-home');
  await page.route('**/federation?**', (route) => route.fulfill({ status: 204 }));
  await page.locator('#email').fill('nobody@corp.example');
  await page.locator('button[name=federate]').click();
  await expect(page.locator('meta[http-equiv=refresh]')).toHaveCount(1);
  await check('onward');
  await page.unroute('**/federation?**');

  await page.goto(authorization(world.client));
  await fillIn(page, world.fay.email, PASSWORD);
  await submit(page, '/sign-in');
  await check('second-factor');
  await page.locator('#code').fill('000000');
  await submit(page, '/second-factor');
  await check('second-factor-refused');

  await page.goto(authorization(world.client));
  await fillIn(page, world.admin.email, PASSWORD);
  await submit(page, '/sign-in');
  await check('consent');
  await page.locator('button[value=deny]').click();
  await expect(page).toHaveURL(/^https:\/\/berths\.example\.com\/callback\?.*error=access_denied/);

  // As it is where the script does not run.
  await page.route('**/oauth2/authorize?**form_post**', async (route) => {
    const response = await route.fetch({ maxRedirects: 0 });
    const body = (await response.text()).replace(/<script>.*<\/script>/s, '');
    await route.fulfill({ response, body });
  });
  await page.goto(authorization(world.formPost, { response_mode: 'form_post', scope: 'openid' }));
  await check('form-post');
}

/** The pages of a device, for somebody who is signed in; and signing out. */
async function onDevices(page: Page, check: Check): Promise<void> {
  const begin = async () => {
    const form = { client_id: world.device, scope: 'openid email' };
    const answer = await page.context().request.post(`${world.base}/oauth2/device_authorization`, { form });
    return ((await answer.json()) as { user_code: string }).user_code;
  };
  const type = async (code: string) => {
    await page.goto(`${world.base}/device`);
    await page.locator('#user_code').fill(code);
    await submit(page, '/device');
  };
  await page.goto(`${world.base}/device`);
  await check('device');
  await type('WRONGONE');
  await check('device-refused');
  await type(await begin());
  await check('device-consent');
  await page.locator('button[value=allow]').click();
  await check('device-approved');
  await type(await begin());
  await page.locator('button[value=deny]').click();
  await check('device-denied');
  await page.goto(`${world.base}/oauth2/logout`);
  await check('sign-out');
  await submit(page, '/sign-out');
  await check('signed-out');
}

/** The pages by which people get an account, and get back into it. */
async function onAccounts(page: Page, check: Check): Promise<void> {
  await page.goto(`${world.base}/recover`);
  await check('recover');
  await page.locator('#email').fill(`nobody-${Date.now()}@nowhere.example`);
  await submit(page, '/recover');
  await check('recover-sent');
  await page.goto(world.newPassword);
  await check('new-password');
  await page.locator('input[type=password]').fill('password');
  await submit(page, '/new-password');
  await check('new-password-refused');
  await page.goto(`${world.base}/verify-email`);
  await check('verify-code');
  await page.goto(`${world.base}/verify-email?token=wrong`);
  await check('verify');
  await submit(page, '/verify-email');
  await check('verify-refused');
  await page.goto(`${world.base}/register`);
  await check('register');
  await page.locator('input[type=email]').fill(`r${Date.now()}@nowhere.example`);
  await page.locator('input[type=password]').fill(PASSWORD);
  await submit(page, '/register');
  await check('register-sent');
  await page.goto(world.invitations[0] ?? '');
  await check('invitation');
  await page.goto(`${world.base}/invitation?token=wrong`);
  await check('invitation-refused');
}

/** The pages of one's own account. */
async function onOneself(page: Page, check: Check): Promise<void> {
  await page.goto(`${world.base}/account`);
  await check('own-sign-in');
  await fillIn(page, world.admin.email, PASSWORD);
  await submit(page, '/sign-in');
  await expect(page).toHaveURL(/\/account\/profile$/);
  await check('own-profile');
  await page.locator('#phone').fill('12');
  await page.locator('form:has(#phone) button').click();
  await check('own-profile-refused');
  await page.goto(`${world.base}/account/profile`);
  const elsewhere = await page.context().newPage();
  await elsewhere.goto(`${world.base}/account/profile`);
  await elsewhere.locator('#first_name').fill(fresh('Alice'));
  await elsewhere.locator('form:has(#first_name) button').click();
  await expect(elsewhere.getByRole('status')).toBeVisible();
  await elsewhere.close();
  await page.locator('#first_name').fill('Typed');
  await page.locator('form:has(#first_name) button').click();
  await expect(page.locator('#saved_first_name')).toBeVisible();
  await check('own-profile-changed');
  for (const own of ['security', 'sessions', 'applications', 'proof']) {
    await page.goto(`${world.base}/account/${own}`);
    for (const details of await page.locator('details').all()) {
      await details.locator('summary').click();
    }
    await check(`own-${own}`);
  }
  await page.locator('#password').fill('wrong');
  await submit(page, '/account/proof');
  await check('own-proof-refused');
  await page.goto(`${world.base}/account/security`);
  await page.locator('button[value=totp]').click();
  await check('own-factor');
  await page.locator('#code').fill('000000');
  await page.locator('form:has(#code) button').first().click();
  await check('own-factor-refused');
  await page.goto(`${world.base}/oauth2/logout`);
  await submit(page, '/sign-out');
}

for (const [language, locale] of Object.entries(LANGUAGES)) {
  test(`every page, in ${language}, light and dark, narrow and wide`, async ({ browser, baseURL }) => {
    const { context, complaints, page } = await visitor(browser, baseURL, { locale });
    const found: string[] = [];
    const check = checker(page, language, found);
    await onTheWay(page, check);
    await onDevices(page, check);
    await onAccounts(page, check);
    await onOneself(page, check);
    await context.close();
    expect([...found, ...complaints]).toEqual([]);
  });
}

test('every form works without JavaScript', async ({ browser, baseURL }) => {
  const { context, complaints, page } = await visitor(browser, baseURL, { javaScriptEnabled: false });

  await test.step('signing in, consenting, coming back', async () => {
    await page.goto(authorization(world.client));
    await expect(page.locator('#passkey-form')).toBeHidden();
    await fillIn(page, world.admin.email, PASSWORD);
    await submit(page, '/sign-in');
    await page.locator('button[value=allow]').click();
    await expect(page).toHaveURL(/^https:\/\/berths\.example\.com\/callback\?.*code=/);
  });
  await test.step('a form post response is sent by hand', async () => {
    await page.goto(authorization(world.formPost, { response_mode: 'form_post', scope: 'openid' }));
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page).toHaveURL(CALLBACK);
  });
  await test.step('an invitation', async () => {
    await page.goto(world.invitations[1] ?? '');
    await page.locator('input[type=password]').fill(PASSWORD);
    await submit(page, '/invitation');
    await expect(page.getByRole('status')).toContainText('Your account is ready');
  });
  await test.step("the pages of one's own account", async () => {
    await page.goto(`${world.base}/account/profile`);
    await page.locator('#first_name').fill('Alice');
    await page.locator('form:has(#first_name) button').click();
    await expect(page.getByRole('status')).toContainText('Saved');
    await page.getByRole('link', { name: 'Deutsch' }).click();
    await expect(page.locator('html')).toHaveAttribute('lang', 'de');
    await page.goto(`${world.base}/account/profile?ui_locales=en`);
  });
  await test.step('a device has another name', async () => {
    await page.goto(`${world.base}/account/sessions`);
    const device = page.locator('section:has(#devices-title) li', { hasText: 'this one' });
    await device.locator('summary').click();
    await device.locator('input[name=name]').fill('Kitchen');
    await device.locator('form:has(input[name=name]) button').click();
    await expect(page.getByRole('status')).toContainText('new name');
    await expect(device.locator('strong').first()).toHaveText('Kitchen');
  });
  await test.step('signing out', async () => {
    await page.goto(`${world.base}/oauth2/logout`);
    await submit(page, '/sign-out');
    await expect(page.getByRole('status')).toBeVisible();
  });
  await context.close();
  expect(complaints).toEqual([]);
});

test('a passkey is offered where the browser knows them, and pages tell what keyboards need', async ({
  browser,
  baseURL,
}) => {
  const { hostname } = new URL(baseURL ?? 'http://127.0.0.1');
  test.skip(hostname !== 'localhost', `passkeys need a name: start the server as http://localhost:…, not ${hostname}`);
  const { context, complaints, page } = await visitor(browser, baseURL, {});
  await page.goto(authorization(world.client));
  const passkey = page.locator('#passkey-form button');
  await expect(passkey).toBeVisible();
  const reached: string[] = [];
  for (let step = 0; step < 7; step += 1) {
    await page.keyboard.press('Tab');
    reached.push(await page.evaluate(() => document.activeElement?.id || document.activeElement?.textContent || ''));
  }
  expect(reached.slice(0, 2)).toEqual(['email', 'password']);
  expect(reached).toContain(await passkey.textContent());
  await context.close();
  expect(complaints).toEqual([]);
});
