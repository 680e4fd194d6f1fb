/** Which tenant is meant: by its short name, or by the address of the page. */
import { ApiError, NetworkError, type Schemas } from '@tenantry/sdk';

/** A tenant, as anybody may see it who knows its address. */
export type FoundTenant = Schemas['FoundTenant'];

/** Find a tenant. Throws 404 `tenant_unknown` when there is none. */
export async function findTenant(slug?: string, signal?: AbortSignal): Promise<FoundTenant> {
  const query = slug === undefined ? '' : `?slug=${encodeURIComponent(slug)}`;
  let response: Response;
  try {
    response = await fetch(`/api/v1/auth/tenant${query}`, { signal });
  } catch (cause) {
    throw new NetworkError(cause);
  }
  if (!response.ok) {
    throw await ApiError.from(response);
  }
  return ((await response.json()) as { data: FoundTenant }).data;
}
