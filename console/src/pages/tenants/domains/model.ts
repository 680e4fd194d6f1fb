/** What operators may do with a domain of a tenant, and what they send. The server checks the same once more. */
import { ApiError, type Schemas } from '@tenantry/sdk';
import type { Translate } from '../../../app/texts';
import { domainProblem } from '../../identity-providers/model';

/** A domain of a tenant. */
export type Domain = Schemas['DomainView'];

/** What can be done with one. */
export type Verb = 'vouch' | 'show' | 'move' | 'leave' | 'remove';

/** What is read again after a change: the callback addresses of identity providers are on the issuer's host. */
export const REFRESH = ['/tenants', '/audit/logs'] as const;

/** What a new one begins with. Where the issuer lives is asked afterwards, because it is a move. */
export const EMPTY = { domain: '', is_verified: false, is_primary: false };

/** What may be done with a domain, in the order in which it is offered. */
export function verbsOf({ is_primary, is_verified, is_issuer }: Domain): readonly Verb[] {
  const may: Record<Verb, boolean> = {
    vouch: !is_verified,
    show: !is_primary,
    move: is_verified && !is_issuer,
    leave: is_issuer,
    remove: !is_issuer,
  };
  return (Object.keys(may) as Verb[]).filter((verb) => may[verb]);
}

const CHANGES: Record<Exclude<Verb, 'remove'>, Omit<Schemas['ChangedDomain'], 'domain'>> = {
  vouch: { is_verified: true },
  show: { is_primary: true },
  move: { is_issuer: true },
  leave: { is_issuer: false },
};

/** What is sent of a change: only what it is about, so that the rest stays. */
export function toChange(domain: string, verb: Exclude<Verb, 'remove'>): Schemas['ChangedDomain'] {
  return { domain, ...CHANGES[verb] };
}

/** The name as the server keeps it. */
const normal = (text: string) => text.trim().toLowerCase().replace(/\.+$/, '');

/** What is sent of a new one. What is not ticked is left out: nothing is taken from a domain that somebody added meanwhile. */
export function toNewBody({ domain, is_verified, is_primary }: typeof EMPTY): Schemas['ChangedDomain'] {
  return { domain: normal(domain), ...(is_verified && { is_verified }), ...(is_primary && { is_primary }) };
}

/** What is wrong with the name of a new one. */
export function nameProblem(text: string, known: readonly Domain[], t: Translate): string | undefined {
  const name = normal(text);
  return known.some(({ domain }) => domain === name) ? t('domains.known') : domainProblem(name, t);
}

/** What a refusal means for a domain. */
export function explain(error: unknown, t: Translate): string | undefined {
  if (!(error instanceof ApiError)) {
    return undefined;
  }
  if (error.code === 'issuer_domain') {
    return t('domains.issuerLives');
  }
  return error.errors.map(({ detail }) => detail).join(' ') || undefined;
}
