/** A lost update: someone else saved first. Shows what differs, and lets the person choose. */
import { useTranslation } from '../app/translation';
import { Button } from '../ui/button';
import { SECRETS } from '../ui/curl';
import type { Labels } from './fields';

type Values = Record<string, unknown>;

interface ConflictProps {
  mine: Values;
  theirs: Values;
  labels: Labels;
  isBusy: boolean;
  onTakeTheirs: () => void;
  onOverwrite: () => void;
}

function text(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map(text).join(', ') || '—';
  }
  if (value !== null && typeof value === 'object') {
    return Object.values(value).map(text).join(' → ');
  }
  return value === null || value === undefined || value === '' ? '—' : String(value);
}

/** The other's version beside one's own. */
export default function Conflict({ mine, theirs, labels, isBusy, onTakeTheirs, onOverwrite }: ConflictProps) {
  const { t } = useTranslation();
  // A secret is never read back, so there is nothing to compare, and it is shown nowhere.
  const shown = Object.keys(labels).filter((name) => !SECRETS.includes(name));
  const names = shown.filter((name) => text(mine[name]) !== text(theirs[name]));
  return (
    <div role="alert" className="space-y-3 rounded-md border border-warn bg-warn-soft p-3">
      <p className="font-semibold text-warn">{t('conflict.title')}</p>
      <p>{t(names.length > 0 ? 'conflict.help' : 'conflict.same')}</p>
      {names.length > 0 && (
        <table className="w-full text-left">
          <caption className="sr-only">{t('conflict.title')}</caption>
          <thead className="text-[0.8125rem] text-ink-soft">
            <tr>
              <th className="py-1 pr-3 font-medium">{t('conflict.field')}</th>
              <th className="py-1 pr-3 font-medium">{t('conflict.theirs')}</th>
              <th className="py-1 font-medium">{t('conflict.mine')}</th>
            </tr>
          </thead>
          <tbody>
            {names.map((name) => (
              <tr key={name} className="border-t border-line align-top">
                <th className="py-1 pr-3 font-medium">{labels[name]}</th>
                <td className="py-1 pr-3 break-words">{text(theirs[name])}</td>
                <td className="py-1 break-words">{text(mine[name])}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      <div className="flex flex-wrap gap-2">
        <Button onClick={onTakeTheirs}>{t('conflict.reload')}</Button>
        <Button kind="danger" isBusy={isBusy} onClick={onOverwrite}>
          {t('conflict.overwrite')}
        </Button>
      </div>
    </div>
  );
}
