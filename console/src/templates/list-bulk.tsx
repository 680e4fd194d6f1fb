/** What can be done with chosen rows: one call after the other, with progress, and an account of what failed. */
import type { ItemOf, ListPath } from '@tenantry/sdk';
import { useState } from 'react';
import { reportTrouble } from '../app/api';
import { useTenant } from '../app/tenant';
import { useTranslation } from '../app/translation';
import { Button } from '../ui/button';
import { CurlText } from '../ui/curl';
import { Dialog } from '../ui/dialog';
import { toastSuccess } from '../ui/toasts';
import { sentenceFor } from '../ui/trouble';
import type { BulkAction, ListModel } from './list-model';

interface BulkBarProps<P extends ListPath> {
  model: ListModel<P>;
  rows: readonly ItemOf<P>[];
  onDone: () => void;
  onRefresh: () => void;
}

/** The bar above the table while rows are chosen. */
export function BulkBar<P extends ListPath>({ model, rows, onDone, onRefresh }: BulkBarProps<P>) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<BulkAction<ItemOf<P>>>();
  return (
    <div className="mb-3 flex flex-wrap items-center gap-2 rounded-md border border-line bg-info-soft px-3 py-1.5">
      <p className="mr-auto font-medium text-info">{t('list.chosen', { count: rows.length })}</p>
      {model.bulk?.map((action) => {
        const fitting = rows.filter((row) => action.accepts?.(row) ?? true);
        return (
          <Button key={action.label} size="small" disabled={fitting.length === 0} onClick={() => setAsked(action)}>
            {action.label}
          </Button>
        );
      })}
      <Button size="small" kind="quiet" onClick={onDone}>
        {t('list.chooseNone')}
      </Button>
      {asked && (
        <BulkDialog
          action={asked}
          rows={rows.filter((row) => asked.accepts?.(row) ?? true)}
          onClose={(isDone) => {
            setAsked(undefined);
            if (isDone) {
              onDone();
              onRefresh();
            }
          }}
        />
      )}
    </div>
  );
}

interface BulkDialogProps<Item> {
  action: BulkAction<Item>;
  rows: readonly Item[];
  onClose: (isDone: boolean) => void;
}

function BulkDialog<Item>({ action, rows, onClose }: BulkDialogProps<Item>) {
  const { t } = useTranslation();
  const { client } = useTenant();
  const [finished, setFinished] = useState<number>();
  const [failures, setFailures] = useState<string[]>([]);
  const isRunning = finished !== undefined && finished < rows.length;

  const run = async () => {
    const failed: string[] = [];
    for (const [index, row] of rows.entries()) {
      setFinished(index);
      try {
        await client.send(action.call(row));
      } catch (error) {
        failed.push(sentenceFor(error, t));
        reportTrouble(error);
      }
    }
    setFinished(rows.length);
    setFailures(failed);
    if (failed.length === 0) {
      toastSuccess(t('list.bulkDone', { count: rows.length }));
      onClose(true);
    }
  };

  const first = rows[0];
  return (
    <Dialog
      title={action.label}
      onClose={() => !isRunning && onClose(finished !== undefined)}
      footer={
        finished === rows.length ? (
          <Button onClick={() => onClose(true)}>{t('common.close')}</Button>
        ) : (
          <>
            <Button onClick={() => onClose(false)} disabled={isRunning}>
              {t('common.cancel')}
            </Button>
            <Button kind={action.isDanger ? 'danger' : 'primary'} isBusy={isRunning} onClick={() => void run()}>
              {action.label}
            </Button>
          </>
        )
      }
    >
      <div className="space-y-3">
        <p>{action.confirm(rows.length)}</p>
        {finished !== undefined && (
          <progress className="w-full accent-accent" value={finished} max={rows.length} aria-label={action.label} />
        )}
        {failures.length > 0 && (
          <div role="alert" className="rounded-md bg-danger-soft p-3 text-danger">
            <p className="font-medium">{t('list.bulkFailed', { failed: failures.length, count: rows.length })}</p>
            <ul className="list-inside list-disc">
              {[...new Set(failures)].map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          </div>
        )}
        {first && (
          <details>
            <summary className="w-fit text-[0.8125rem] text-ink-soft hover:text-ink">{t('curl.showFirst')}</summary>
            <div className="mt-2">
              <CurlText target={action.call(first)} />
            </div>
          </details>
        )}
      </div>
    </Dialog>
  );
}
