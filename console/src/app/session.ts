/** Who is signed in to a tenant, and what they may do. */
import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { type Call, call, type Schemas } from '@tenantry/sdk';
import { clientOf } from './api';

/** The signed-in user, the tenant, and the permissions. */
export type Session = Schemas['BrowserSession'];

/** What everybody may do who is signed in as themselves. */
export const OWN_ACCOUNT = 'self:account';

const READ_SESSION = call('get', '/auth/session');

/** The call that signs in. */
export function signInCall(email: string, password: string): Call<Session> {
  return call('post', '/auth/session', { body: { email, password } });
}

/** The call that signs out. */
export const SIGN_OUT = call('delete', '/auth/session');

/** How the session is read. */
export function sessionQuery(slug: string) {
  return queryOptions({
    queryKey: [slug, READ_SESSION.path],
    queryFn: async ({ signal }) => (await clientOf(slug).send(READ_SESSION, signal)).data,
    staleTime: 60_000,
  });
}

/** Forget everything that was read as this user. */
export function forget(cache: QueryClient, slug: string): void {
  cache.removeQueries({ predicate: ({ queryKey: [tenant] }) => tenant === slug });
}

/** How far an impersonation goes. */
export type Mode = Schemas['Mode'];

/** What stays between a user and the tenant, whoever acts in the user's name. */
const PRIVATE: readonly string[] = [
  'sessions',
  'user_security',
  'api_keys',
  'service_accounts',
  'impersonations',
  'self',
];
const READS: readonly string[] = ['read', 'check', 'simulate'];
/** Where operators may work in a user's name. */
const OPEN: readonly string[] = ['projects'];

/** Whether an operator in a user's name may use a permission of the user's. */
export function mayProxy(permission: string, mode: Mode): boolean {
  const [resource = '', action = ''] = permission.split(':');
  return !PRIVATE.includes(resource) && (READS.includes(action) || (mode === 'read-write' && OPEN.includes(resource)));
}

/** Whether a session holds a permission, for anything or at least for the user's own. One's own account is everybody's. */
export function holds(session: Session, permission: string, mode: Mode = 'read-only'): boolean {
  if (session.impersonator_id && !mayProxy(permission, mode)) {
    return false;
  }
  const { permissions } = session;
  return permission === OWN_ACCOUNT || permissions.includes(permission) || permissions.includes(`${permission}:own`);
}

/** A person's name, or the address when there is none. */
export function nameOf(person: { email: string; first_name?: string | null; last_name?: string | null }): string {
  return [person.first_name, person.last_name].filter(Boolean).join(' ') || person.email;
}
