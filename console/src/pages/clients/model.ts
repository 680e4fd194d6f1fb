/** What a client can be, and what may be said of it. The server checks the same once more. */
import type { Schemas } from '@tenantry/sdk';
import type { Translate } from '../../app/texts';
import type { Values } from '../../forms/form-state';
import { filled } from '../../forms/list-field';

/** A client of the provider. */
export type Client = Schemas['ClientView'];
type Kind = Schemas['ClientKind'];

/** Uses, in the order in which they are offered, and the kind that each begins with. */
export const PRESETS = {
  provider: 'confidential',
  user: 'public',
  admin: 'confidential',
  partner: 'confidential',
  vendor: 'machine',
} as const satisfies Record<Schemas['Preset'], Kind>;

/** Kinds. */
export const KINDS = ['confidential', 'public', 'machine'] as const satisfies readonly Kind[];

/** What each kind may exchange for tokens. */
export const GRANTS: Record<Kind, readonly Schemas['GrantType'][]> = {
  confidential: [
    'authorization_code',
    'refresh_token',
    'urn:ietf:params:oauth:grant-type:device_code',
    'client_credentials',
    'urn:ietf:params:oauth:grant-type:token-exchange',
  ],
  public: ['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code'],
  machine: ['client_credentials', 'urn:ietf:params:oauth:grant-type:token-exchange'],
};

/** How each kind may prove itself. */
export const METHODS: Record<Kind, readonly Schemas['AuthMethod'][]> = {
  confidential: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
  public: ['none'],
  machine: ['client_secret_basic', 'client_secret_post', 'private_key_jwt'],
};

/** The scopes that the provider itself knows. */
export const SCOPES = [
  'openid',
  'profile',
  'email',
  'phone',
  'address',
  'offline_access',
  'roles',
  'families',
  'groups',
  'tenant',
  'plan',
] as const;

/** The least and the most of each lifetime, in seconds. */
export const LIFETIMES = {
  access_token_seconds: [60, 3_600],
  id_token_seconds: [60, 86_400],
  refresh_token_seconds: [300, 31_536_000],
} as const;

/** Whether a client proves itself with a secret. */
export function hasSecret({ token_endpoint_auth_method: method }: Client): boolean {
  return method === 'client_secret_basic' || method === 'client_secret_post';
}

const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** What is wrong with an address that browsers are to be sent to (RFC 8252 for what is installed on devices). */
export function addressProblem(text: string, kind: string, t: Translate): string | undefined {
  if (text.length > 2_000 || !/^[\x21-\x7e]+$/.test(text) || /[*\\"<>]/.test(text)) {
    return t('clients.wrong.plain');
  }
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    return t('clients.wrong.absolute');
  }
  if (text.includes('#') || url.username || url.password) {
    return t('clients.wrong.parts');
  }
  if (url.protocol === 'https:' || (url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
    return undefined;
  }
  if (url.protocol === 'http:') {
    return t('clients.wrong.http');
  }
  return kind === 'public' && url.protocol.includes('.') ? undefined : t('clients.wrong.scheme');
}

/** What the form holds of a client. */
export const toValues = (client: Client) => ({
  name: client.name,
  description: client.description ?? '',
  redirect_uris: client.redirect_uris,
  post_logout_redirect_uris: client.post_logout_redirect_uris,
  backchannel_logout_uri: client.backchannel_logout_uri ?? '',
  backchannel_logout_session_required: client.backchannel_logout_session_required,
  grant_types: client.grant_types as string[],
  scopes: client.scopes.filter((scope) => SCOPES.some((known) => known === scope)),
  other_scopes: client.scopes.filter((scope) => !SCOPES.some((known) => known === scope)).join(' '),
  token_endpoint_auth_method: client.token_endpoint_auth_method as string,
  jwks: client.jwks ? JSON.stringify(client.jwks, null, 2) : '',
  access_token_seconds: String(client.access_token_seconds),
  id_token_seconds: String(client.id_token_seconds),
  refresh_token_seconds: String(client.refresh_token_seconds),
  needs_consent: client.needs_consent,
});

/** The values of the form. */
export type ClientValues = ReturnType<typeof toValues>;

/** What is sent of them. */
export function toBody(values: ClientValues): Schemas['ChangedClient'] {
  const keys = values.token_endpoint_auth_method === 'private_key_jwt' ? values.jwks.trim() : '';
  return {
    name: values.name,
    description: values.description || null,
    redirect_uris: filled(values.redirect_uris),
    post_logout_redirect_uris: filled(values.post_logout_redirect_uris),
    backchannel_logout_uri: values.backchannel_logout_uri.trim() || null,
    backchannel_logout_session_required: values.backchannel_logout_session_required,
    grant_types: values.grant_types as Schemas['GrantType'][],
    scopes: [...values.scopes, ...values.other_scopes.split(/\s+/).filter(Boolean)],
    token_endpoint_auth_method: values.token_endpoint_auth_method as Schemas['AuthMethod'],
    jwks: keys ? parsed(keys) : null,
    access_token_seconds: Number(values.access_token_seconds),
    id_token_seconds: Number(values.id_token_seconds),
    refresh_token_seconds: Number(values.refresh_token_seconds),
    needs_consent: values.needs_consent,
  } as Schemas['ChangedClient'];
}

/** JSON, or the text itself while it is none: the field says so before anything is sent. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** What is wrong with a set of keys. */
export function keysProblem(text: unknown, { token_endpoint_auth_method: method }: Values, t: Translate) {
  if (method !== 'private_key_jwt') {
    return undefined;
  }
  const value = parsed(String(text)) as { keys?: unknown } | null;
  return Array.isArray(value?.keys) && value.keys.length > 0 ? undefined : t('clients.wrong.keys');
}

/** What is wrong with a lifetime. */
export function lifetimeProblem(text: unknown, name: keyof typeof LIFETIMES, t: Translate): string | undefined {
  const [least, most] = LIFETIMES[name];
  const seconds = Number(text);
  return Number.isInteger(seconds) && seconds >= least && seconds <= most
    ? undefined
    : t('clients.wrong.seconds', { least, most });
}
