/** Old and new values side by side, field by field. */
import { useTranslation } from '../../app/translation';

/** One field that differs. */
export interface Change {
  name: string;
  before: string | undefined;
  after: string | undefined;
}

function text(value: unknown): string | undefined {
  if (value === undefined) {
    return undefined;
  }
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

function asRecord(value: unknown): Record<string, unknown> {
  if (value === null || value === undefined) {
    return {};
  }
  return typeof value === 'object' && !Array.isArray(value) ? (value as Record<string, unknown>) : { '': value };
}

/** The fields of both sides, by name. */
export function changesOf(before: unknown, after: unknown): Change[] {
  const [old, now] = [asRecord(before), asRecord(after)];
  const names = [...new Set([...Object.keys(old), ...Object.keys(now)])].sort();
  return names.map((name) => ({ name, before: text(old[name]), after: text(now[name]) }));
}

/** The table. */
export function Changes({ before, after }: { before: unknown; after: unknown }) {
  const { t } = useTranslation();
  const changes = changesOf(before, after);
  if (changes.length === 0) {
    return <p className="text-ink-soft">{t('audit.noChanges')}</p>;
  }
  const cell = 'px-3 py-2 align-top font-mono text-xs break-words whitespace-pre-wrap';
  return (
    <table className="w-full table-fixed border-collapse text-left">
      <caption className="sr-only">{t('audit.changes')}</caption>
      <thead>
        <tr className="border-b border-line text-xs text-ink-soft">
          <th className="w-1/4 px-3 py-2 font-medium">{t('conflict.field')}</th>
          <th className="px-3 py-2 font-medium">{t('audit.before')}</th>
          <th className="px-3 py-2 font-medium">{t('audit.after')}</th>
        </tr>
      </thead>
      <tbody>
        {changes.map((change) => (
          <tr key={change.name} className="border-b border-line last:border-b-0">
            <th scope="row" className="px-3 py-2 align-top font-medium break-words">
              {change.name || t('audit.value')}
            </th>
            <td className={change.before === undefined ? cell : `${cell} bg-danger-soft text-danger`}>
              {change.before}
            </td>
            <td className={change.after === undefined ? cell : `${cell} bg-good-soft text-good`}>{change.after}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
