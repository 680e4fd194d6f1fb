/** How operators read a tenant and its identity providers. There is no route for one provider, and no tenant has many. */
import { useQuery } from '@tanstack/react-query';
import { type Answer, ApiError, call } from '@tenantry/sdk';
import { queryKey } from '../../../app/api';
import { useTenant } from '../../../app/tenant';
import type { IdentityProvider } from '../../identity-providers/model';

/** What operators need for it. */
export const MANAGE = 'tenant_identity_providers:manage';

/** What is read again after a change. */
export const REFRESH = ['/tenants/{tenant_id}/identity-providers'] as const;

/** The list of a tenant's. */
export const listOf = (tenant: string) =>
  call('get', '/tenants/{tenant_id}/identity-providers', { path: { tenant_id: tenant } });

/** The tenant. */
export const tenantOf = (tenant: string) => call('get', '/tenants/{tenant_id}', { path: { tenant_id: tenant } });

/** One of the list. */
export function useOperatedProvider(tenant: string, id: string) {
  const { slug, client } = useTenant();
  const target = listOf(tenant);
  return useQuery({
    queryKey: [...queryKey(slug, target), id],
    queryFn: async ({ signal }): Promise<Answer<IdentityProvider>> => {
      const { data } = await client.send(target, signal);
      const found = data.find((provider) => provider.id === id);
      if (!found) {
        throw new ApiError(404, 'not_found', 'There is no such identity provider.');
      }
      return { data: found, isReplayed: false };
    },
  });
}
