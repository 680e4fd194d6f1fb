/** Languages. Texts are files that are fetched when their language is chosen; all have the same keys (locales.test.ts). */
import i18next from 'i18next';
import deUrl from '../locales/de.json?url';
import type en from '../locales/en.json';
import enUrl from '../locales/en.json?url';
import hiUrl from '../locales/hi.json?url';
import { onPreferences, preferences } from './preferences';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}

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

async function show(language: Language): Promise<void> {
  if (!i18next.hasResourceBundle(language, 'translation')) {
    const response = await fetch(URLS[language]);
    i18next.addResourceBundle(language, 'translation', await response.json());
  }
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}

/** Start with the wanted language and follow the preference. */
export async function startI18n(): Promise<void> {
  const language = wantedLanguage();
  await i18next.init({ lng: language, fallbackLng: false, resources: {}, interpolation: { escapeValue: false } });
  await show(language);
  onPreferences(() => {
    if (wantedLanguage() !== i18next.language) {
      show(wantedLanguage()).catch(() => undefined);
    }
  });
}
