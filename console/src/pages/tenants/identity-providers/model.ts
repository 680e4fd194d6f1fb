/** What operators may say of a tenant's identity provider: less than the tenant itself. */
import type { Schemas } from '@tenantry/sdk';
import { filled } from '../../../forms/list-field';
import type { IdentityProvider, NewProviderValues, ProviderValues } from '../../identity-providers/model';

type Body = Schemas['OperatorProvider'];

/** The kinds that operators set up. */
export const OPERATED_KINDS = ['microsoft', 'google'] as const;

const domainsOf = (lines: readonly string[]) => filled(lines).map((domain) => domain.toLowerCase());

/** What is sent of a new one. */
export function toNewBody(values: NewProviderValues): Body {
  const { type } = values;
  return {
    name: values.name.trim() || null,
    client_id: values.client_id.trim(),
    client_secret: values.client_secret,
    ...(type === 'microsoft' && { directory_id: values.directory_id.trim() }),
    ...(type === 'google' && { hosted_domain: values.hosted_domain.trim() || null }),
    email_domains: domainsOf(values.email_domains),
    auto_provision: values.auto_provision,
    enabled: values.enabled,
  };
}

/** What is sent of a change: only what differs, because the list that it was read from has no versions. */
export function toBody(values: ProviderValues, provider: IdentityProvider): Body {
  const body: Body = {};
  const differs = (mine: string, theirs: string | null | undefined) => mine.trim() !== (theirs ?? '');
  if (differs(values.name, provider.name)) {
    body.name = values.name.trim();
  }
  if (differs(values.client_id, provider.client_id)) {
    body.client_id = values.client_id.trim();
  }
  if (values.client_secret) {
    body.client_secret = values.client_secret;
  }
  if (provider.type === 'microsoft' && differs(values.directory_id, provider.directory_id)) {
    body.directory_id = values.directory_id.trim();
  }
  if (provider.type === 'google' && differs(values.hosted_domain, provider.hosted_domain)) {
    body.hosted_domain = values.hosted_domain.trim();
  }
  const domains = domainsOf(values.email_domains);
  if (domains.join(' ') !== provider.email_domains.join(' ')) {
    body.email_domains = domains;
  }
  if (values.auto_provision !== provider.auto_provision) {
    body.auto_provision = values.auto_provision;
  }
  return body;
}
