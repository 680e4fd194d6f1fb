/** Times and numbers in the reader's language. */
import { useTranslation } from '../app/translation';

const STEPS: readonly (readonly [Intl.RelativeTimeFormatUnit, number])[] = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
];

/** “3 minutes ago”. Less than a minute is “now”. */
export function relativeTime(at: Date, language: string, now = Date.now()): string {
  const seconds = Math.round((at.getTime() - now) / 1000);
  const format = new Intl.RelativeTimeFormat(language, { numeric: 'auto' });
  const [unit, size] = STEPS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 0];
  return format.format(size === 0 ? 0 : Math.trunc(seconds / size), unit);
}

/** The whole date and time. */
export function fullTime(at: Date, language: string): string {
  return new Intl.DateTimeFormat(language, { dateStyle: 'medium', timeStyle: 'medium' }).format(at);
}

/** A point in time, relative or in full; the other form is its tooltip. */
export function Time({ at, isFull }: { at: string | null | undefined; isFull?: boolean }) {
  const { locale } = useTranslation();
  if (!at) {
    return <span className="text-ink-soft">—</span>;
  }
  const date = new Date(at);
  const [full, relative] = [fullTime(date, locale), relativeTime(date, locale)];
  return (
    <time
      dateTime={at}
      title={isFull ? relative : full}
      className={isFull ? 'tabular-nums' : 'whitespace-nowrap tabular-nums'}
    >
      {isFull ? full : relative}
    </time>
  );
}

/** A number in the reader's language. */
export function useNumber(): (value: number) => string {
  const { locale } = useTranslation();
  const format = new Intl.NumberFormat(locale);
  return (value) => format.format(value);
}
