/** axe on every route × theme × state: no violation at all. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { prepareRoutes, READS, type Route } from './routes';
import { expect, type Page, signIn, test } from './world';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'best-practice'];

interface Violation {
  id: string;
  nodes: { html: string; failureSummary?: string }[];
}

async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe);
  const found = (await page.evaluate(
    `axe.run(document, { runOnly: ${JSON.stringify(TAGS)} }).then(({ violations }) => violations)`,
  )) as Violation[];
  return found.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 160)).join(' | ')}`);
}

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
