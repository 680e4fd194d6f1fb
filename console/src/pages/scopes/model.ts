/** What a scope of one's own may be called and may stand for. The server checks the same once more. */
import type { Schemas } from '@tenantry/sdk';
import type { Translate } from '../../app/texts';
import { fieldOf } from '../../forms/problems';
import { SCOPES } from '../clients/model';

/** A scope. */
export type Scope = Schemas['OauthScopeView'];

/** Where a claim's value comes from, in the order in which it is offered. */
export const SOURCES = ['managed', 'metadata', 'claim', 'value'] as const;

/** One of them. */
export type SourceKind = (typeof SOURCES)[number];

/** The languages in which people read what they consent to; their names are in the languages themselves. */
export const LANGUAGES = [
  ['en', 'English'],
  ['de', 'Deutsch'],
  ['hi', 'हिन्दी'],
] as const;

/** Claims about a person that another claim can repeat. */
export const PERSON_CLAIMS = [
  'roles',
  'families',
  'groups',
  'tenant',
  'plan',
  'name',
  'given_name',
  'family_name',
  'middle_name',
  'nickname',
  'preferred_username',
  'picture',
  'website',
  'gender',
  'birthdate',
  'zoneinfo',
  'locale',
  'updated_at',
  'email',
  'email_verified',
  'phone_number',
  'phone_number_verified',
  'address',
] as const;

/** What tokens say of themselves. */
const TOKEN_CLAIMS: readonly string[] = (
  'iss sub aud exp nbf iat jti auth_time nonce acr amr azp sid tid at_hash c_hash s_hash act may_act client_id scope cnf ' +
  'events active token_type username _claim_names _claim_sources'
).split(' ');

/** One line of the field of claims. */
export interface ClaimLine {
  name: string;
  from: SourceKind;
  of: string;
}

/** JSON where it is some, else the text itself. */
export function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** The other way round: a text that would be read as JSON is written as JSON. */
export function showValue(value: unknown): string {
  return typeof value === 'string' && readValue(value) === value ? value : JSON.stringify(value);
}

function toLine(name: string, source: Schemas['Source']): ClaimLine {
  const [from, of] = Object.entries(source)[0] as [SourceKind, unknown];
  return { name, from, of: from === 'value' ? showValue(of) : String(of) };
}

const toSource = ({ from, of }: ClaimLine) =>
  ({ [from]: from === 'value' ? readValue(of.trim()) : of.trim() }) as Schemas['Source'];

/** What the form begins with. */
export const EMPTY = {
  name: '',
  description: '',
  text_en: '',
  text_de: '',
  text_hi: '',
  claims: [] as ClaimLine[],
  in_id_token: false,
};

/** The values of the form. */
export type ScopeValues = typeof EMPTY;

/** What the form holds of a scope. */
export const toValues = (scope: Scope): ScopeValues => ({
  name: scope.name,
  description: scope.description,
  text_en: scope.translations.en ?? '',
  text_de: scope.translations.de ?? '',
  text_hi: scope.translations.hi ?? '',
  claims: Object.entries(scope.claims).map(([name, source]) => toLine(name, source)),
  in_id_token: scope.in_id_token,
});

const isSaid = ({ name, of }: ClaimLine) => name.trim() !== '' || of.trim() !== '';

/** What is sent of a change; the name stays. */
export function toBody(values: ScopeValues): Required<Schemas['ChangedOauthScope']> {
  const texts = LANGUAGES.map(([tag]) => [tag, values[`text_${tag}`].trim()] as const);
  return {
    description: values.description.trim(),
    translations: Object.fromEntries(texts.filter(([, text]) => text)),
    claims: Object.fromEntries(values.claims.filter(isSaid).map((line) => [line.name.trim(), toSource(line)])),
    in_id_token: values.in_id_token,
  };
}

/** What is sent of a new one. */
export const toNewBody = (values: ScopeValues) =>
  ({ name: values.name.trim(), ...toBody(values) }) as Schemas['NewOauthScope'];

/** The field that shows what a pointer of the server leads to. */
export function fieldFor(pointer: string): string | undefined {
  const [, language] = /^#\/translations\/(\w+)/.exec(pointer) ?? [];
  return language ? `text_${language}` : fieldOf(pointer);
}

const NAME = /^[\x21\x23-\x5b\x5d-\x7e]{1,100}$/;

/** What is wrong with the name of a scope. */
export function nameProblem(text: string, t: Translate): string | undefined {
  const name = text.trim();
  if (!NAME.test(name)) {
    return t('scopes.wrong.name');
  }
  return SCOPES.some((known) => known === name) ? t('scopes.wrong.known') : undefined;
}

/** What is wrong with a text that people read. */
export function textProblem(text: string, t: Translate): string | undefined {
  return [...text.trim()].length > 200 ? t('scopes.wrong.long') : undefined;
}

/** What is wrong with a claim among the others. */
export function claimProblem(lines: readonly ClaimLine[], at: number, t: Translate): string | undefined {
  const line = lines[at];
  if (!line || !isSaid(line)) {
    return undefined;
  }
  const name = line.name.trim();
  if (name === '' || line.of.trim() === '') {
    return t('scopes.wrong.half');
  }
  if (!NAME.test(name)) {
    return t('scopes.wrong.claim');
  }
  if (TOKEN_CLAIMS.includes(name) || PERSON_CLAIMS.some((known) => known === name)) {
    return t('scopes.wrong.reserved');
  }
  return lines.findIndex((other) => other.name.trim() === name) < at ? t('scopes.wrong.twice') : undefined;
}

const SHOWN: Readonly<Record<string, unknown>> = {
  roles: ['user'],
  families: ['Internal'],
  groups: ['Night shift'],
  email_verified: true,
  phone_number_verified: true,
  updated_at: 1_764_500_000,
};

/** What userinfo could say to a client that was granted the scope. */
export function exampleOf({ claims }: Pick<ScopeValues, 'claims'>): Record<string, unknown> {
  const said = claims.filter(({ name, of }) => name.trim() && of.trim());
  const example = ({ from, of }: ClaimLine) =>
    from === 'value' ? readValue(of.trim()) : (from === 'claim' && SHOWN[of]) || `… ${of.trim()}`;
  return Object.fromEntries(said.map((line) => [line.name.trim(), example(line)]));
}
