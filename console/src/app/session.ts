/** Who is signed in to a tenant, and what they may do. */
import { type QueryClient, queryOptions } from '@tanstack/react-query';
import { type Call, call, type Schemas } from '@tenantry/sdk';
import { clientOf } from './api';

/** The signed-in user, the tenant, and the permissions. */
export type Session = Schemas['BrowserSession'];

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

/** Whether a session holds a permission, for anything or at least for the user's own. */
export function holds(session: Session, permission: string): boolean {
  return session.permissions.includes(permission) || session.permissions.includes(`${permission}:own`);
}

/** A person's name, or the address when there is none. */
export function nameOf(person: { email: string; first_name?: string | null; last_name?: string | null }): string {
  return [person.first_name, person.last_name].filter(Boolean).join(' ') || person.email;
}
