/** What a person likes, kept in this browser. Never tokens, never data of a tenant. */
import { useSyncExternalStore } from 'react';

/** Light, dark, or as the system says. */
export type ThemeChoice = 'system' | 'light' | 'dark';

/** A saved view of a list: a name and the URL's query. */
export interface SavedView {
  name: string;
  search: Record<string, string>;
}

/** A tenant that was opened in this browser. */
export interface RecentTenant {
  slug: string;
  name: string;
}

/** Everything that is kept. */
export interface Preferences {
  theme: ThemeChoice;
  language?: string;
  /** The accent colour by tenant, as `#rrggbb`. */
  accents: Record<string, string>;
  /** Saved views by `tenant/list`. */
  views: Record<string, SavedView[]>;
  recentTenants: RecentTenant[];
}

const KEY = 'tenantry.preferences';
const DEFAULTS: Preferences = { theme: 'system', accents: {}, views: {}, recentTenants: [] };

let current = read();
const listeners = new Set<() => void>();

function read(): Preferences {
  try {
    return { ...DEFAULTS, ...JSON.parse(localStorage.getItem(KEY) ?? '{}') };
  } catch {
    return DEFAULTS;
  }
}

/** The preferences now. */
export function preferences(): Preferences {
  return current;
}

/** Change some preferences. A browser that keeps nothing still follows them until it is closed. */
export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(KEY, JSON.stringify(current));
  } catch {
    // Storage is full or forbidden: the choice holds for this page.
  }
  for (const listener of listeners) {
    listener();
  }
}

/** Be told about changes. */
export function onPreferences(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** The preferences, kept up to date in a component. */
export function usePreferences(): Preferences {
  return useSyncExternalStore(onPreferences, preferences);
}
