/** The texts of the chosen language in components; they follow when another language is chosen. */
import i18next, { type TFunction } from 'i18next';
import { useSyncExternalStore } from 'react';

function subscribe(listener: () => void): () => void {
  i18next.on('languageChanged', listener);
  return () => i18next.off('languageChanged', listener);
}

const language = () => i18next.language;

/** How times and numbers are written: as the browser's region does it, when that speaks the chosen language. */
function localeOf(chosen: string): string {
  return navigator.languages.find((tag) => tag.split('-')[0] === chosen) ?? chosen;
}

/** `t` for texts and `locale` for formats. */
export function useTranslation(): { t: TFunction; locale: string } {
  const chosen = useSyncExternalStore(subscribe, language);
  return { t: i18next.t, locale: localeOf(chosen) };
}
