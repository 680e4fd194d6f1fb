/**
 * What trying a provider tells. Its answer comes in the window that was sent there, as JSON at the callback's address, which is of
 * this origin; so that window can be looked into once it is back.
 */

/** The result of a try. */
export interface Tried {
  /** What signing in would have done. */
  outcome: 'known' | 'new' | 'refused';
  /** Why it would be refused. */
  reason: string | null;
  user_id: string | null;
  /** The roles that the groups stand for. */
  roles: string[];
  groups: string[];
  /** Everything that the ID token says; `null` when none counted. */
  claims: unknown;
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((each): each is string => typeof each === 'string') : [];
const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);

/** The result in an answer, if it is one. */
export function readOutcome(answer: string): Tried | undefined {
  let data: Record<string, unknown> | undefined;
  try {
    data = (JSON.parse(answer) as { data?: Record<string, unknown> } | null)?.data;
  } catch {
    return undefined;
  }
  const outcome = data?.outcome;
  if (outcome !== 'known' && outcome !== 'new' && outcome !== 'refused') {
    return undefined;
  }
  return {
    outcome,
    reason: text(data?.reason),
    user_id: text(data?.user_id),
    roles: texts(data?.roles),
    groups: texts(data?.groups),
    claims: data?.claims ?? null,
  };
}

/** Where the window is: elsewhere, gone, or back with a text. */
export type Sight = { at: 'away' } | { at: 'gone' } | { at: 'back'; text: string };

/** Look at the window; pages of other origins cannot be looked into. */
export function lookAt(other: Window): Sight {
  if (other.closed) {
    return { at: 'gone' };
  }
  try {
    const { document: page, location } = other;
    const isBack = location.origin === window.location.origin && location.pathname.includes('/auth/oauth/');
    if (!isBack || page.readyState !== 'complete') {
      return { at: 'away' };
    }
    const answer = page.querySelector('pre') ?? page.querySelector('main') ?? page.body;
    return { at: 'back', text: (answer?.textContent ?? '').trim() };
  } catch {
    return { at: 'away' };
  }
}

/** The address of a page that one may be sent to; nothing that would run here. */
export function pageAddress(address: string): URL | undefined {
  try {
    const url = new URL(address);
    return url.protocol === 'https:' || url.protocol === 'http:' ? url : undefined;
  } catch {
    return undefined;
  }
}

/** Send a new window there. It gets no way back to this one. */
export function sendTo(address: URL): Window | undefined {
  const other = window.open('about:blank', '_blank');
  if (!other) {
    return undefined;
  }
  other.opener = null;
  other.location.replace(address.href);
  return other;
}
