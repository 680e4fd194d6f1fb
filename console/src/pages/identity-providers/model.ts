/** What an identity provider can be, and what may be said of it. The server checks the same once more. */
import type { Schemas } from '@tenantry/sdk';
import type { Translate } from '../../app/texts';
import { filled } from '../../forms/list-field';

/** An identity provider, without its secret. */
export type IdentityProvider = Schemas['IdentityProviderView'];

/** Whose it is. */
export type ProviderKind = Schemas['ProviderKind'];

/** In the order in which they are offered. */
export const KINDS = ['microsoft', 'google', 'oidc'] as const satisfies readonly ProviderKind[];

/** Stands for the role that new people get when nothing else is said. */
export const USER = 'user';

/** One line of the mapping: a group there, a role here. */
export interface GroupRole {
  group: string;
  role: string;
}

/** What the form holds of a provider. */
export const toValues = (provider: IdentityProvider) => ({
  name: provider.name,
  issuer: provider.issuer,
  directory_id: provider.directory_id ?? '',
  hosted_domain: provider.hosted_domain ?? '',
  client_id: provider.client_id,
  client_secret: '',
  email_domains: provider.email_domains,
  trusts_email: provider.trusts_email,
  auto_provision: provider.auto_provision,
  default_role_id: provider.default_role_id ?? USER,
  groups_claim: provider.groups_claim,
  group_roles: Object.entries(provider.group_roles).map(([group, role]): GroupRole => ({ group, role })),
  redirect_uris: provider.redirect_uris,
});

/** The values of the form. */
export type ProviderValues = ReturnType<typeof toValues>;

/** What a new provider begins with. */
export const EMPTY = {
  type: 'microsoft' as ProviderKind,
  name: '',
  slug: '',
  issuer: '',
  directory_id: '',
  hosted_domain: '',
  client_id: '',
  client_secret: '',
  email_domains: [''],
  trusts_email: false,
  auto_provision: false,
  default_role_id: USER,
  groups_claim: 'groups',
  group_roles: [] as GroupRole[],
  enabled: false,
};

/** The values of the form of a new one. */
export type NewProviderValues = typeof EMPTY;

/** The lines of a mapping that say something. */
export function mapped(lines: readonly GroupRole[]): Record<string, string> {
  const said = lines.map(({ group, role }) => [group.trim(), role] as const);
  return Object.fromEntries(said.filter(([group, role]) => group && role));
}

/** What both forms send. */
function common(values: Omit<ProviderValues, 'issuer' | 'redirect_uris'>) {
  const email_domains = filled(values.email_domains).map((domain) => domain.toLowerCase());
  return {
    client_id: values.client_id.trim(),
    email_domains,
    // Without domains of one's own there is nothing to trust.
    trusts_email: values.trusts_email && email_domains.length > 0,
    auto_provision: values.auto_provision,
    default_role_id: values.default_role_id === USER ? null : values.default_role_id,
    groups_claim: values.groups_claim.trim() || 'groups',
    group_roles: mapped(values.group_roles),
  };
}

/** What is sent of a new provider. */
export function toNewBody(values: NewProviderValues): Schemas['NewIdentityProvider'] {
  const { type } = values;
  return {
    ...common(values),
    type,
    name: values.name.trim() || null,
    slug: values.slug.trim() || null,
    client_secret: values.client_secret,
    ...(type === 'oidc' && { issuer: values.issuer.trim() }),
    ...(type === 'microsoft' && { directory_id: values.directory_id.trim() }),
    ...(type === 'google' && { hosted_domain: values.hosted_domain.trim() || null }),
    enabled: values.enabled,
  };
}

/** What is sent of a change. The secret stays when none is typed. */
export function toBody(values: ProviderValues, type: ProviderKind): Schemas['ChangedIdentityProvider'] {
  return {
    ...common(values),
    name: values.name.trim(),
    ...(values.client_secret && { client_secret: values.client_secret }),
    ...(type === 'oidc' && { issuer: values.issuer.trim() }),
    ...(type === 'microsoft' && { directory_id: values.directory_id.trim() }),
    ...(type === 'google' && { hosted_domain: values.hosted_domain.trim() || null }),
    redirect_uris: filled(values.redirect_uris),
  };
}

const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** What is wrong with a domain name. */
export function domainProblem(text: string, t: Translate): string | undefined {
  const domain = text.trim().toLowerCase();
  const isFine = domain.length <= 253 && domain.includes('.') && domain.split('.').every((label) => LABEL.test(label));
  return isFine ? undefined : t('providers.wrong.domain');
}

/** What is wrong with the id of a directory. */
export function directoryProblem(text: string, t: Translate): string | undefined {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text.trim()) ? undefined : t('providers.wrong.directory');
}

/** What is wrong with a name in addresses; none is needed. */
export function slugProblem(text: string, t: Translate): string | undefined {
  return /^[a-z0-9-]{0,40}$/.test(text.trim()) ? undefined : t('providers.wrong.slug');
}

/** What is wrong with an issuer. The server alone knows which addresses of its own network it may ask. */
export function issuerProblem(text: string, t: Translate): string | undefined {
  let url: URL;
  try {
    url = new URL(text.trim());
  } catch {
    return t('providers.wrong.issuer');
  }
  const isPlain = !url.search && !url.hash && !url.username && !url.password && !text.includes('{');
  return isPlain && ['https:', 'http:'].includes(url.protocol) ? undefined : t('providers.wrong.issuer');
}

/** Whether another issuer is named than the present one: the present one's secret is not for it. */
export function isMoved(values: ProviderValues, provider: IdentityProvider): boolean {
  return provider.type === 'microsoft'
    ? values.directory_id.trim().toLowerCase() !== (provider.directory_id ?? '')
    : provider.type === 'oidc' && values.issuer.trim() !== provider.issuer;
}

/** Where a provider sends browsers back to, as far as the issuer of the tenant tells. */
export function callbackOf(issuer: string, type: ProviderKind, slug: string): string {
  const [origin = '', tenant = ''] = issuer.split('/t/');
  return `${origin}/api/v1/auth/oauth/${slug.trim() || type}/callback/${tenant}`;
}
