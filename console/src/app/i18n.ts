/** Languages. Texts are files that are fetched when their language is chosen; all have the same keys (locales.test.ts). */
import deUrl from '../locales/de.json?url';
import enUrl from '../locales/en.json?url';
import hiUrl from '../locales/hi.json?url';
import { onPreferences, preferences } from './preferences';
import { setTexts, shownLanguage, type TextTree } from './texts';

/** The languages and their own names. */
export const LANGUAGES = { en: 'English', de: 'Deutsch', hi: 'हिन्दी' } as const;

/** A language that the console speaks. */
export type Language = keyof typeof LANGUAGES;

const URLS: Record<Language, string> = { en: enUrl, de: deUrl, hi: hiUrl };

/** The chosen language, else the first of the browser's that the console speaks. */
export function wantedLanguage(): Language {
  const wanted = [preferences().language, ...navigator.languages].map((tag) => tag?.split('-')[0]);
  return (wanted.find((tag) => tag !== undefined && tag in LANGUAGES) as Language | undefined) ?? 'en';
}

const loaded = new Map<Language, TextTree>();

async function show(language: Language): Promise<void> {
  const tree = loaded.get(language) ?? ((await (await fetch(URLS[language])).json()) as TextTree);
  loaded.set(language, tree);
  setTexts(language, tree);
  document.documentElement.lang = language;
}

/** Start with the wanted language and follow the preference. */
export async function startI18n(): Promise<void> {
  await show(wantedLanguage());
  onPreferences(() => {
    if (wantedLanguage() !== shownLanguage()) {
      show(wantedLanguage()).catch(() => undefined);
    }
  });
}
