/** The texts of the chosen language in components; they follow when another language is chosen. */
import { useSyncExternalStore } from 'react';
import { onTexts, shownLanguage, type Translate, translate } from './texts';

/** How times and numbers are written: as the browser's region does it, when that speaks the chosen language. */
function localeOf(chosen: string): string {
  return navigator.languages.find((tag) => tag.split('-')[0] === chosen) ?? chosen;
}

/** `t` for texts and `locale` for formats. */
export function useTranslation(): { t: Translate; locale: string } {
  const chosen = useSyncExternalStore(onTexts, shownLanguage);
  return { t: translate, locale: localeOf(chosen) };
}
