/** A question of the simulator: what the URL says, what the API is asked, and the same question from a recorded decision. */
import type { Schemas } from '@tenantry/sdk';
import type { Search } from '../../templates/list-model';

type Decision = Schemas['DecisionView'];
type Check = Schemas['Check'];

/** The names of the URL's parameters. */
export const NAMES = [
  'user',
  'action',
  'type',
  'id',
  'owner',
  'time',
  'ip',
  'agent',
  'device',
  'known',
  'trusted',
] as const;

/** The prefix of parameters that are attributes of the resource. */
export const ATTRIBUTE = 'a.';

/** The kinds of attributes. */
export type Kind = Schemas['FactKind'];

/** The type that an action is about: `booking` of `booking:cancel`, `project` of `projects:update`. */
export function typeOf(action: string, known: readonly string[]): string {
  const [word = ''] = action.split(/[:.]/);
  const singular = word.endsWith('ies') ? `${word.slice(0, -3)}y` : word.replace(/s$/, '');
  return known.find((name) => name === word) ?? known.find((name) => name === singular) ?? word;
}

/** What is typed for an attribute, as the API wants it. */
export function attributeOf(text: string, kind: Kind | undefined): unknown {
  switch (kind) {
    case 'number':
      return Number(text);
    case 'boolean':
      return text === 'true';
    case 'strings':
      return text
        .split(',')
        .map((part) => part.trim())
        .filter(Boolean);
    case 'datetime': {
      const at = new Date(text);
      return Number.isNaN(at.getTime()) ? text : at.toISOString();
    }
    default:
      return text;
  }
}

/** A value of the API as it is typed. */
export function textOf(value: unknown, kind?: Kind): string {
  if (Array.isArray(value)) {
    return value.join(', ');
  }
  return kind === 'datetime' && typeof value === 'string' ? localTime(new Date(value)) : String(value ?? '');
}

/** An instant as a field for local times has it: `2026-11-22T09:00`, with seconds when there are any. */
export function localTime(at: Date): string {
  if (Number.isNaN(at.getTime())) {
    return '';
  }
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString();
  return local.slice(0, at.getSeconds() === 0 ? 16 : 19);
}

/** The attributes that the URL names. */
export function attributesOf(search: Search): Record<string, string> {
  const entries = Object.entries(search).filter(([name, value]) => name.startsWith(ATTRIBUTE) && value !== '');
  return Object.fromEntries(entries.map(([name, value]) => [name.slice(ATTRIBUTE.length), value]));
}

/** The question that the URL asks; `kinds` are those of the type's attributes. */
export function checkOf(search: Search, kinds: Readonly<Record<string, Kind>>): Check {
  const { user, action, type, id, owner, time, ip, agent, device, known: isKnown, trusted } = search;
  const attributes = Object.entries(attributesOf(search)).map(([name, text]) => [name, attributeOf(text, kinds[name])]);
  const known = (value: string | undefined) => value || undefined;
  return {
    user_id: known(user),
    action: (action ?? '').trim(),
    resource: {
      type: known(type),
      id: known(id),
      owner: known(owner),
      ...(attributes.length > 0 && { properties: Object.fromEntries(attributes) }),
    },
    context: {
      time: time ? (attributeOf(time, 'datetime') as string) : undefined,
      ip: known(ip),
      user_agent: known(agent),
      ...((device || isKnown || trusted) && {
        device: {
          ...(device && { id: device }),
          ...(isKnown && { known: isKnown === 'true' }),
          ...(trusted && { trusted: trusted === 'true' }),
        },
      }),
    },
  } as Check;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** The parameters that ask again what a recorded decision answered, as of then. */
export function searchOf(decision: Decision): Search {
  const facts = asRecord(decision.facts);
  const { owner, id: _, type: __, ...attributes } = asRecord(facts.resource);
  const environment = asRecord(facts.environment);
  const device = asRecord(facts.device);
  const search: Record<string, unknown> = {
    user: decision.user_id,
    action: decision.action,
    // What is one's own is called after nobody's type.
    type: decision.action.startsWith('self:') ? decision.resource_type : undefined,
    id: decision.resource_name ?? decision.resource_id,
    owner,
    time: environment.time ?? decision.at,
    ip: environment.ip,
    agent: environment.user_agent,
    device: device.id,
    known: device.known,
    trusted: device.trusted,
    ...Object.fromEntries(Object.entries(attributes).map(([name, value]) => [`${ATTRIBUTE}${name}`, textOf(value)])),
  };
  const entries = Object.entries(search).filter(([, value]) => value !== undefined && value !== null && value !== '');
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value)]));
}
