/** From the API's figures to plots. */

import type { Schemas } from '@tenantry/sdk';
import { useTranslation } from '../../app/translation';
import type { Point } from '../../plots/plot';

type Daily = Schemas['Daily'];
type DayOfTrail = Schemas['DayOfTrail'];

/** A day of the API (UTC) in the reader's language, short. */
export function dayLabel(day: string, language: string): string {
  const format = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', timeZone: 'UTC' });
  return format.format(new Date(`${day}T00:00:00Z`));
}

/** Days as points of a plot. */
export function useDays() {
  const { locale } = useTranslation();
  const label = (day: string) => dayLabel(day, locale);
  return {
    counts: (rows: readonly Daily[]): Point[] =>
      rows.map(({ day, count }) => ({ label: label(day), values: { count } })),
    trail: (rows: readonly DayOfTrail[]): Point[] =>
      rows.map(({ day, success, refused }) => ({ label: label(day), values: { success, refused } })),
  };
}

/** Counts by name as points of a plot, without the names of which there are none at the end. */
export function namePoints(counts: Record<string, number>, name: (key: string) => string): Point[] {
  return Object.entries(counts).map(([key, count]) => ({ label: name(key), values: { count } }));
}
