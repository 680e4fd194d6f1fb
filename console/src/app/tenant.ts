/** The tenant that the page is about: its client, its session, its permissions. */
import type { Tenantry } from '@tenantry/sdk';
import { createContext, useContext } from 'react';
import type { Session } from './session';

/** What pages know about the tenant. */
export interface TenantScope {
  slug: string;
  client: Tenantry;
  session: Session;
  /** Whether the user holds a permission, for anything or at least for their own. */
  can: (permission: string) => boolean;
}

/** Provided by the shell. */
export const TenantContext = createContext<TenantScope | undefined>(undefined);

/** The tenant of this page. */
export function useTenant(): TenantScope {
  const scope = useContext(TenantContext);
  if (!scope) {
    throw new Error('This component belongs inside the shell of a tenant');
  }
  return scope;
}
