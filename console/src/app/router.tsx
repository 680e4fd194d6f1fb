/** Every route of the console. Pages come in chunks of their own; the URL's query is plain text. */
import type { QueryClient } from '@tanstack/react-query';
import { createRootRouteWithContext, createRoute, createRouter, redirect } from '@tanstack/react-router';
import { isStatus } from './api';
import { lazyPage } from './lazy-page';
import { NotFound, RouteTrouble } from './route-trouble';
import { sessionQuery } from './session';
import { TenantLayout } from './tenant-layout';

interface RouterContext {
  cache: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({ notFoundComponent: NotFound });

const finder = createRoute({
  getParentRoute: () => root,
  path: '/',
  component: lazyPage(() => import('../pages/entry/finder'), 'Finder'),
  errorComponent: RouteTrouble,
});

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/$tenant/sign-in',
  component: lazyPage(() => import('../pages/entry/sign-in'), 'SignIn'),
  errorComponent: RouteTrouble,
});

const tenant = createRoute({
  getParentRoute: () => root,
  path: '/$tenant',
  component: TenantLayout,
  errorComponent: RouteTrouble,
  beforeLoad: async ({ context, params, location }) => {
    try {
      await context.cache.ensureQueryData(sessionQuery(params.tenant));
    } catch (error) {
      if (isStatus(error, 401)) {
        throw redirect({ to: '/$tenant/sign-in', params, search: { to: location.href } as never });
      }
      throw error;
    }
  },
});

/** A page of a tenant. */
function page(path: string, load: () => Promise<Record<string, unknown>>, name: string) {
  return createRoute({
    getParentRoute: () => tenant,
    path,
    component: lazyPage(load, name),
    errorComponent: RouteTrouble,
  });
}

const pages = [
  page('/', () => import('../pages/overview/overview'), 'Overview'),
  page('/tenants', () => import('../pages/tenants/list'), 'TenantList'),
  page('/tenants/new', () => import('../pages/tenants/create'), 'TenantCreate'),
  page('/tenants/$id', () => import('../pages/tenants/detail'), 'TenantDetail'),
  page(
    '/tenants/$id/identity-providers/new',
    () => import('../pages/tenants/identity-providers/create'),
    'TenantProviderCreate',
  ),
  page(
    '/tenants/$id/identity-providers/$provider',
    () => import('../pages/tenants/identity-providers/detail'),
    'TenantProviderDetail',
  ),
  page('/members', () => import('../pages/members/list'), 'MemberList'),
  page('/members/new', () => import('../pages/members/create'), 'MemberCreate'),
  page('/members/$id', () => import('../pages/members/detail'), 'MemberDetail'),
  page('/invitations', () => import('../pages/invitations/list'), 'InvitationList'),
  page('/invitations/new', () => import('../pages/invitations/create'), 'InvitationCreate'),
  page('/invitations/import', () => import('../pages/invitations/import'), 'InvitationImport'),
  page('/registration', () => import('../pages/registration/registration'), 'Registration'),
  page('/branding', () => import('../pages/branding/branding'), 'BrandingPage'),
  page('/roles', () => import('../pages/roles/list'), 'RoleList'),
  page('/roles/new', () => import('../pages/roles/create'), 'RoleCreate'),
  page('/roles/$id', () => import('../pages/roles/detail'), 'RoleDetail'),
  page('/roles/matrix', () => import('../pages/roles/matrix'), 'RoleMatrix'),
  page('/groups', () => import('../pages/groups/list'), 'GroupList'),
  page('/groups/new', () => import('../pages/groups/create'), 'GroupCreate'),
  page('/groups/$id', () => import('../pages/groups/detail'), 'GroupDetail'),
  page('/policies', () => import('../pages/policies/list'), 'PolicyList'),
  page('/policies/new', () => import('../pages/policies/create'), 'PolicyCreate'),
  page('/policies/import', () => import('../pages/policies/import'), 'PolicyImport'),
  page('/policies/tests', () => import('../pages/policies/tests'), 'PolicyTests'),
  page('/policies/$id', () => import('../pages/policies/detail'), 'PolicyDetail'),
  page('/simulator', () => import('../pages/access/simulator'), 'Simulator'),
  page('/decisions', () => import('../pages/decisions/list'), 'DecisionList'),
  page('/decisions/$id', () => import('../pages/decisions/detail'), 'DecisionDetail'),
  page('/catalogue', () => import('../pages/catalogue/catalogue'), 'Catalogue'),
  page('/identity-providers', () => import('../pages/identity-providers/list'), 'IdentityProviderList'),
  page('/identity-providers/new', () => import('../pages/identity-providers/create'), 'IdentityProviderCreate'),
  page('/identity-providers/$id', () => import('../pages/identity-providers/detail'), 'IdentityProviderDetail'),
  page('/second-factors', () => import('../pages/mfa-policy/mfa-policy'), 'MfaPolicyPage'),
  page('/clients', () => import('../pages/clients/list'), 'ClientList'),
  page('/clients/new', () => import('../pages/clients/create'), 'ClientCreate'),
  page('/clients/$id', () => import('../pages/clients/detail'), 'ClientDetail'),
  page('/scopes', () => import('../pages/scopes/list'), 'ScopeList'),
  page('/scopes/new', () => import('../pages/scopes/create'), 'ScopeCreate'),
  page('/scopes/$id', () => import('../pages/scopes/detail'), 'ScopeDetail'),
  page('/service-accounts', () => import('../pages/service-accounts/list'), 'ServiceAccountList'),
  page('/service-accounts/new', () => import('../pages/service-accounts/create'), 'ServiceAccountCreate'),
  page('/service-accounts/$id', () => import('../pages/service-accounts/detail'), 'ServiceAccountDetail'),
  page('/api-keys', () => import('../pages/api-keys/list'), 'ApiKeyList'),
  page('/impersonations', () => import('../pages/impersonations/list'), 'ImpersonationList'),
  page('/projects', () => import('../pages/projects/list'), 'ProjectList'),
  page('/projects/new', () => import('../pages/projects/create'), 'ProjectCreate'),
  page('/projects/$id', () => import('../pages/projects/detail'), 'ProjectDetail'),
  page('/audit', () => import('../pages/audit/list'), 'AuditList'),
  page('/audit/$id', () => import('../pages/audit/detail'), 'AuditDetail'),
  page('/events', () => import('../pages/events/list'), 'EventList'),
  page('/events/$id', () => import('../pages/events/detail'), 'EventDetail'),
  page('/jobs', () => import('../pages/jobs/list'), 'JobList'),
  page('/account', () => import('../pages/account/account'), 'Account'),
  page('/preferences', () => import('../pages/account/preferences'), 'PreferencesPage'),
];

/** The paths of all pages inside a tenant, for tests. */
export const PAGE_PATHS: readonly string[] = pages.map(({ path }) => path as string);

/** Make the router. */
export function newRouter(cache: QueryClient) {
  return createRouter({
    routeTree: root.addChildren([finder, signIn, tenant.addChildren(pages)]),
    basepath: '/console',
    context: { cache },
    defaultPreload: 'intent',
    defaultPendingMs: 400,
    scrollRestoration: true,
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const text = new URLSearchParams(search as Record<string, string>).toString();
      return text ? `?${text}` : '';
    },
  });
}
