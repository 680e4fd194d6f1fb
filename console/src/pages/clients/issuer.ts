/** What the tenant's issuer says of itself (OpenID Connect Discovery). */
import { useQuery } from '@tanstack/react-query';
import { ApiError, NetworkError } from '@tenantry/sdk';
import { useTenant } from '../../app/tenant';

/** The members that connecting needs. */
export interface Issuer {
  issuer: string;
  token_endpoint: string;
  authorization_endpoint: string;
}

/** Where applications find it. */
export const discoveryOf = (issuer: string) => `${issuer}/.well-known/openid-configuration`;

async function readIssuer(slug: string, signal: AbortSignal): Promise<Issuer> {
  let response: Response;
  try {
    response = await fetch(discoveryOf(`/t/${encodeURIComponent(slug)}`), { signal });
  } catch (cause) {
    throw new NetworkError(cause);
  }
  if (!response.ok) {
    throw await ApiError.from(response);
  }
  return (await response.json()) as Issuer;
}

/** Read it. */
export function useIssuer() {
  const { slug } = useTenant();
  return useQuery({
    queryKey: [slug, 'issuer'],
    queryFn: ({ signal }) => readIssuer(slug, signal),
    staleTime: 300_000,
  });
}
