/** Renders components inside a tenant, with a router and a scripted API. */
import { QueryClientProvider } from '@tanstack/react-query';
import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from '@tanstack/react-router';
import { Tenantry } from '@tenantry/sdk';
import { render } from '@testing-library/react';
import type { ReactNode } from 'react';
import { newQueryClient } from '../src/app/api';
import { holds, type Session } from '../src/app/session';
import { TenantContext } from '../src/app/tenant';
import { ConfirmProvider } from '../src/ui/confirm';
import { Toaster } from '../src/ui/toasts';

/** What the API answers, by method and path without the base. */
export type Script = Record<string, (request: Request) => Response | Promise<Response>>;

/** A success envelope. */
export const ok = (data: unknown, headers: Record<string, string> = {}) =>
  Response.json({ status: 'success', data, meta: {} }, { headers });

/** A problem document. */
export const problem = (status: number, body: Record<string, unknown> = {}, headers: Record<string, string> = {}) =>
  Response.json(
    { title: 'Refused', status, detail: 'Refused.', code: 'refused', request_id: 'r-1', ...body },
    { status, headers },
  );

const USER = { id: 'u-1', email: 'ada@acme.example', first_name: 'Ada', last_name: null, avatar_url: null, roles: [] };

/** A session with some permissions. */
export function sessionWith(permissions: string[]): Session {
  const tenant = { id: 't-1', slug: 'acme', name: 'Acme', is_platform: false };
  return { user: USER, tenant, permissions, session_id: 's-1', expires_at: '', access_expires_at: '' };
}

/** Show something as a page of Acme. */
export function stage(
  children: ReactNode,
  script: Script = {},
  permissions: string[] = ['projects:read', 'projects:update'],
) {
  const requests: Request[] = [];
  const fetch = async (request: Request) => {
    requests.push(request.clone());
    const path = new URL(request.url).pathname.replace('/v1/acme', '');
    const answer = script[`${request.method} ${path}`];
    return answer ? answer(request) : problem(404, { code: 'not_found' });
  };
  const client = new Tenantry({
    url: 'http://console.test',
    tenant: 'acme',
    auth: 'cookies',
    fetch,
    retry: { attempts: 1 },
  });
  const session = sessionWith(permissions);
  const scope = { slug: 'acme', client, session, can: (name: string) => holds(session, name) };
  const root = createRootRoute();
  const page = createRoute({
    getParentRoute: () => root,
    path: '$',
    component: () => (
      <TenantContext value={scope}>
        <ConfirmProvider>
          {children}
          <Toaster />
        </ConfirmProvider>
      </TenantContext>
    ),
  });
  const history = createMemoryHistory({ initialEntries: ['/acme'] });
  const router = createRouter({
    routeTree: root.addChildren([page]),
    history,
    parseSearch: (text) => Object.fromEntries(new URLSearchParams(text)),
    stringifySearch: (search) => {
      const text = new URLSearchParams(search as Record<string, string>).toString();
      return text ? `?${text}` : '';
    },
  });
  render(
    <QueryClientProvider client={newQueryClient()}>
      <RouterProvider router={router as never} />
    </QueryClientProvider>,
  );
  return { requests, router, client };
}
