/** Every route of the console, with somebody who may open it. */
import { ADA, apiOf, expect, fresh, OPERATOR, type Page, type Person, signIn } from './world';

/** A route to visit. */
export interface Route {
  name: string;
  path: string;
  person?: Person;
  /** Shows a list, which may be empty. */
  isList?: boolean;
  /** Reads nothing but the session, so that it cannot fail or wait. */
  isStatic?: boolean;
}

/** Make what detail pages show, and name every route. */
export async function prepareRoutes(page: Page): Promise<Route[]> {
  await signIn(page, OPERATOR);
  const platform = apiOf(page, 'platform');
  const tenants = await platform.get('/tenants?search=acme');
  await signIn(page, ADA);
  const acme = apiOf(page, 'acme');
  const project = await acme.post('/projects', { name: fresh('Night market'), description: 'Permits and power' });
  const role = await acme.post('/roles', {
    name: fresh('auditor'),
    role_family: 'Internal',
    permissions: ['audit:read'],
  });
  const group = await acme.post('/groups', { name: fresh('Night shift') });
  const policy = await acme.post('/policies', {
    name: fresh('Premium'),
    is_enabled: false,
    target: { resource: 'booking', action: 'cancel' },
    rules: { effect: 'allow', conditions: [{ 'booking.scheduled_time': '> now() + 24h' }] },
  });
  await acme.put(`/policies/${policy.data.id}`, { priority: 1 });
  const client = await acme.post('/oauth/clients', {
    name: fresh('Berth planner'),
    preset: 'partner',
    redirect_uris: ['https://berths.example.com/callback'],
  });
  const account = await acme.post('/service-accounts', { name: fresh('Tide importer'), description: 'Nightly' });
  await acme.post('/api-keys', {
    name: 'Nightly import',
    service_account_id: account.data.id,
    scopes: ['projects:read'],
  });
  const provider = await provided(page);
  const scope = await defined(page);
  const invited = `${fresh('ines').replace(' ', '-')}@guest.example`;
  await acme.post('/users/invite', { email: invited, first_name: 'Ines' });
  const decision = await denied(page);
  const me = await acme.get('/users/me');
  const audit = await acme.get('/audit/logs?limit=10&action=projects:create');
  const inAcme = { person: ADA };
  const inPlatform = { person: OPERATOR };
  return [
    { name: 'finder', path: '/console/', isStatic: true },
    { name: 'sign-in', path: '/console/acme/sign-in', isStatic: true },
    { name: 'fleet', path: '/console/platform', ...inPlatform },
    { name: 'tenants', path: '/console/platform/tenants', isList: true, ...inPlatform },
    { name: 'create tenant', path: '/console/platform/tenants/new', isStatic: true, ...inPlatform },
    { name: 'tenant', path: `/console/platform/tenants/${tenants.data[0]?.id}`, ...inPlatform },
    {
      name: 'set up provider of a tenant',
      path: `/console/platform/tenants/${tenants.data[0]?.id}/identity-providers/new`,
      ...inPlatform,
    },
    {
      name: 'provider of a tenant',
      path: `/console/platform/tenants/${tenants.data[0]?.id}/identity-providers/${provider.id}`,
      ...inPlatform,
    },
    { name: 'overview', path: '/console/acme', ...inAcme },
    { name: 'members', path: '/console/acme/members', isList: true, ...inAcme },
    { name: 'create member', path: '/console/acme/members/new', isStatic: true, ...inAcme },
    { name: 'member', path: `/console/acme/members/${me.data.id}`, ...inAcme },
    { name: 'invitations', path: '/console/acme/invitations', isList: true, ...inAcme },
    { name: 'invite', path: '/console/acme/invitations/new', ...inAcme },
    { name: 'invite many', path: '/console/acme/invitations/import', ...inAcme },
    { name: 'registration', path: '/console/acme/registration', ...inAcme },
    { name: 'branding', path: '/console/acme/branding', ...inAcme },
    { name: 'roles', path: '/console/acme/roles', isList: true, ...inAcme },
    { name: 'create role', path: '/console/acme/roles/new', ...inAcme },
    { name: 'role', path: `/console/acme/roles/${role.data.id}`, ...inAcme },
    { name: 'matrix', path: '/console/acme/roles/matrix', isList: true, ...inAcme },
    { name: 'groups', path: '/console/acme/groups', isList: true, ...inAcme },
    { name: 'create group', path: '/console/acme/groups/new', isStatic: true, ...inAcme },
    { name: 'group', path: `/console/acme/groups/${group.data.id}`, ...inAcme },
    { name: 'policies', path: '/console/acme/policies', isList: true, ...inAcme },
    { name: 'create policy', path: '/console/acme/policies/new?example=premium', isStatic: true, ...inAcme },
    { name: 'import policies', path: '/console/acme/policies/import', isStatic: true, ...inAcme },
    { name: 'test policies', path: '/console/acme/policies/tests', isStatic: true, ...inAcme },
    { name: 'policy', path: `/console/acme/policies/${policy.data.id}?from=1&to=2`, ...inAcme },
    { name: 'simulator', path: '/console/acme/simulator?action=booking:cancel&id=1', ...inAcme },
    { name: 'abilities', path: `/console/acme/simulator?mode=abilities&user=${me.data.id}`, ...inAcme },
    { name: 'who can', path: '/console/acme/simulator?mode=who&action=projects:update', ...inAcme },
    { name: 'decisions', path: '/console/acme/decisions', isList: true, ...inAcme },
    { name: 'decision', path: `/console/acme/decisions/${decision}?decision=deny`, ...inAcme },
    { name: 'catalogue', path: '/console/acme/catalogue', ...inAcme },
    { name: 'identity providers', path: '/console/acme/identity-providers', isList: true, ...inAcme },
    { name: 'set up provider', path: '/console/acme/identity-providers/new', ...inAcme },
    { name: 'identity provider', path: `/console/acme/identity-providers/${provider.id}`, ...inAcme },
    { name: 'second factors', path: '/console/acme/second-factors', ...inAcme },
    { name: 'clients', path: '/console/acme/clients', isList: true, ...inAcme },
    { name: 'register client', path: '/console/acme/clients/new', isStatic: true, ...inAcme },
    { name: 'client', path: `/console/acme/clients/${client.data.id}`, ...inAcme },
    { name: 'scopes', path: '/console/acme/scopes', isList: true, ...inAcme },
    { name: 'define scope', path: '/console/acme/scopes/new', isStatic: true, ...inAcme },
    { name: 'scope', path: `/console/acme/scopes/${scope.id}`, ...inAcme },
    { name: 'service accounts', path: '/console/acme/service-accounts', isList: true, ...inAcme },
    { name: 'create service account', path: '/console/acme/service-accounts/new', isStatic: true, ...inAcme },
    { name: 'service account', path: `/console/acme/service-accounts/${account.data.id}`, ...inAcme },
    { name: 'API keys', path: '/console/acme/api-keys', isList: true, ...inAcme },
    { name: 'impersonations', path: '/console/acme/impersonations', isList: true, ...inAcme },
    { name: 'projects', path: '/console/acme/projects', isList: true, ...inAcme },
    { name: 'create project', path: '/console/acme/projects/new', isStatic: true, ...inAcme },
    { name: 'project', path: `/console/acme/projects/${project.data.id}`, ...inAcme },
    { name: 'audit', path: '/console/acme/audit', isList: true, ...inAcme },
    { name: 'audit entry', path: `/console/acme/audit/${audit.data[0]?.id}`, ...inAcme },
    { name: 'events', path: '/console/acme/events', isList: true, ...inAcme },
    { name: 'event', path: '/console/acme/events/1', ...inAcme },
    { name: 'jobs', path: '/console/acme/jobs', isList: true, ...inAcme },
    { name: 'account', path: '/console/acme/account', ...inAcme },
    { name: 'preferences', path: '/console/acme/preferences', isStatic: true, ...inAcme },
  ];
}

/** An identity provider that is switched off, so that nobody is offered it; made once. */
async function provided(page: Page) {
  const acme = apiOf(page, 'acme');
  const known = (await acme.get('/identity-providers')).data.find(({ slug }) => slug === 'harbour');
  const roles = await acme.get('/roles?limit=100');
  const viewer = roles.data.find(({ name }) => name === 'viewer')?.id ?? '';
  const body = {
    type: 'microsoft',
    slug: 'harbour',
    name: 'Harbour directory',
    directory_id: '5d0a6f3e-7a10-4c5c-9b3e-2f1d1c0b9a87',
    client_id: '0f8fad5b-d9cb-469f-a165-70867728950e',
    client_secret: 'of no use',
    email_domains: ['harbour.example'],
    auto_provision: true,
    group_roles: { 'Harbour crew': viewer },
    enabled: false,
  };
  return known ?? (await acme.post('/identity-providers', body)).data;
}

/** A scope with claims; made once, because a tenant has few. */
async function defined(page: Page) {
  const acme = apiOf(page, 'acme');
  const known = (await acme.get('/oauth/scopes')).data.find(({ name }) => name === 'berths:read');
  const body = {
    name: 'berths:read',
    description: 'See your berths',
    translations: { de: 'Ihre Liegeplätze sehen' },
    claims: { 'https://acme.example/roles': { claim: 'roles' }, 'https://acme.example/region': { value: 'north' } },
  };
  return known ?? (await acme.post('/oauth/scopes', body)).data;
}

/** The id of a decision of the log: one that was denied, made if there is none. */
export async function denied(page: Page): Promise<string> {
  const acme = apiOf(page, 'acme');
  const newest = async () => (await acme.get('/access/logs?decision=deny&limit=10')).data[0]?.id ?? '';
  if ((await newest()) === '') {
    const email = `${fresh('mallory').replace(' ', '-')}@acme.example`;
    await acme.post('/users', { email, password: ADA.password, email_verified: true });
    const other = await page.context().browser()?.newContext();
    const mallory = await other?.newPage();
    if (mallory) {
      await signIn(mallory, { tenant: 'acme', email, password: ADA.password }, true);
      await mallory.context().request.get(new URL('/v1/acme/roles', mallory.url()).href);
    }
    await other?.close();
  }
  await expect.poll(newest).not.toBe('');
  return newest();
}

/** The reads of pages: everything but the session, the stream and the tenant finder. */
export const READS = /\/v1\/[^/]+\/(?!auth\/(?!mfa\/policy)|events\/stream)/;
