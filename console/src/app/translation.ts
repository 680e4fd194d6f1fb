/** The texts of the chosen language in components; they follow when another language is chosen. */
import i18next, { type i18n, type TFunction } from 'i18next';
import { useSyncExternalStore } from 'react';

function subscribe(listener: () => void): () => void {
  i18next.on('languageChanged', listener);
  return () => i18next.off('languageChanged', listener);
}

const language = () => i18next.language;

/** `t` for texts and `i18n.language` for formats. */
export function useTranslation(): { t: TFunction; i18n: i18n } {
  useSyncExternalStore(subscribe, language);
  return { t: i18next.t, i18n: i18next };
}
