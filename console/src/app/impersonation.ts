/**
 * An operator in a user's name. Its token is the one that the console ever holds: in memory and nowhere else, so that it is gone
 * with the page, and leaving the page ends the impersonation on the server as well.
 */
import type { QueryClient } from '@tanstack/react-query';
import { call, type Schemas, Tenantry } from '@tenantry/sdk';
import { useSyncExternalStore } from 'react';
import { clientOf, setClient } from './api';
import { type Session, sessionQuery } from './session';

/** Somebody's name that is acted in. */
export interface Impersonation {
  /** The tenant that is entered. */
  slug: string;
  tenantId: string;
  /** Where the operator came from. */
  operatorSlug: string;
  user: Session['user'];
  view: Schemas['ImpersonationView'];
}

interface Held extends Impersonation {
  token: string;
}

let held: Held | undefined;
let isEnding = false;
const listeners = new Set<() => void>();

/** The impersonation that goes on in this page. */
export const impersonation = (): Impersonation | undefined => held;

/** Be told when one begins or ends. */
export function useImpersonation(): Impersonation | undefined {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, impersonation);
}

/** Whether it is being ended here: then its refusals are no news. */
export const isImpersonationEnding = () => isEnding;

/** The server refuses the token: it is over, and further refusals are no news. */
export function noteImpersonationOver(): void {
  isEnding = true;
}

function set(next: Held | undefined): void {
  held = next;
  isEnding = false;
  for (const listener of listeners) {
    listener();
  }
}

const END = call('post', '/auth/end-impersonation');

/** The browser gives a page that goes away no time to wait for an answer. */
function endWithPage(): void {
  if (held) {
    const headers = { authorization: `Bearer ${held.token}` };
    void fetch(clientOf(held.slug).urlOf(END), { method: 'POST', headers, credentials: 'omit', keepalive: true });
    setClient(held.slug, undefined);
    set(undefined);
    window.addEventListener('pageshow', startAnew);
  }
}

/** A page that the browser has kept would still show what was read in the other's name. */
function startAnew({ persisted }: PageTransitionEvent): void {
  if (persisted) {
    window.location.reload();
  }
}

/** A client that shows nothing but the token: cookies of a session of one's own must not answer for it. */
function clientWith(slug: string, token: string): Tenantry {
  return new Tenantry({
    url: window.location.origin,
    tenant: slug,
    token,
    fetch: (request) => fetch(new Request(request, { credentials: 'omit' })),
    retry: { attempts: 2, base: 300, cap: 2_000 },
  });
}

/** Forget what was read of a tenant as somebody else. */
function forgetOthers(cache: QueryClient, slug: string): void {
  const [, session] = sessionQuery(slug).queryKey;
  cache.removeQueries({ predicate: ({ queryKey: [tenant, path] }) => tenant === slug && path !== session });
}

/** Act in a user's name from now on. One that goes on already is ended. */
export async function beginImpersonation(
  cache: QueryClient,
  from: Pick<Impersonation, 'slug' | 'tenantId' | 'operatorSlug'>,
  { access_token: token, impersonation: view }: Schemas['ImpersonationToken'],
): Promise<void> {
  await endImpersonation();
  setClient(from.slug, clientWith(from.slug, token));
  try {
    const { user } = await cache.fetchQuery({ ...sessionQuery(from.slug), staleTime: 0 });
    forgetOthers(cache, from.slug);
    set({ ...from, user, view, token });
    window.addEventListener('pagehide', endWithPage);
  } catch (error) {
    forgetImpersonation(cache);
    setClient(from.slug, undefined);
    throw error;
  }
}

/** Be oneself again. Call it after leaving the tenant's pages. */
export function forgetImpersonation(cache: QueryClient): void {
  if (held) {
    const { slug } = held;
    window.removeEventListener('pagehide', endWithPage);
    set(undefined);
    setClient(slug, undefined);
    cache.removeQueries({ predicate: ({ queryKey: [tenant] }) => tenant === slug });
  }
}

/** End it, as far as the server can be reached: what cannot be told ends with its time. */
export async function endImpersonation(): Promise<void> {
  if (held) {
    isEnding = true;
    await clientOf(held.slug)
      .send(END)
      .catch(() => undefined);
  }
}
