/** The keys of one owner, a page at a time. */
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { KeyActions, KeyPrefix, KeyState, KeyTimes, useShownKey } from './keys';
import { usePages } from './use-pages';

interface KeyListProps {
  owner: string;
  mayRotate: boolean;
}

/** The list. */
export function KeyList(props: KeyListProps) {
  const shown = useShownKey();
  return (
    <>
      <Keys {...props} onRotated={shown.show} />
      {shown.dialog}
    </>
  );
}

function Keys({ owner, mayRotate, onRotated }: KeyListProps & { onRotated: (key: string) => void }) {
  const { t } = useTranslation();
  const { read, items, more } = usePages('/api-keys', { query: { user_id: owner } });
  if (read.isError) {
    return <Trouble error={read.error} onRetry={() => void read.refetch()} />;
  }
  if (!items) {
    return (
      <div className="p-4">
        <Skeleton lines={2} />
      </div>
    );
  }
  if (items.length === 0) {
    return <p className="p-4 text-ink-soft">{t('apiKeys.noneYet')}</p>;
  }
  return (
    <>
      <ul className="divide-y divide-line">
        {items.map((key) => (
          <li key={key.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
            <div className="min-w-0 flex-1 basis-64">
              <p className="flex flex-wrap items-center gap-2 font-medium">
                {key.name} <KeyState status={key.status} /> <KeyPrefix prefix={key.prefix} />
              </p>
              <p className="text-[0.8125rem] text-ink-soft">
                <KeyTimes apiKey={key} />
              </p>
              <p className="font-mono text-xs break-words text-ink-soft">{key.scopes.join(', ')}</p>
            </div>
            <KeyActions apiKey={key} mayRotate={mayRotate} onRotated={onRotated} />
          </li>
        ))}
      </ul>
      {more && (
        <div className="border-t border-line px-4 py-2">
          <Button size="small" onClick={more}>
            {t('list.more')}
          </Button>
        </div>
      )}
    </>
  );
}
