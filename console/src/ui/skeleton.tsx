/** Grey shapes in the places of what is on its way. */
import { useTranslation } from '../app/translation';
import { classes } from './classes';

/** One bar. */
export function Bar({ className }: { className?: string }) {
  return <span aria-hidden className={classes('block h-3.5 animate-pulse rounded bg-sunken', className)} />;
}

/** A block of bars, announced as loading. */
export function Skeleton({ lines = 4 }: { lines?: number }) {
  const { t } = useTranslation();
  return (
    <div role="status" className="space-y-3">
      <span className="sr-only">{t('common.loading')}</span>
      {Array.from({ length: lines }, (_, line) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the bars have no identity
        <Bar key={line} className={line % 3 === 2 ? 'w-1/2' : 'w-full'} />
      ))}
    </div>
  );
}
