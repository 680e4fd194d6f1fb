/**
 * What can be done with chosen rows: one call for all of them where the API has one, else one after the other, with progress, and
 * an account of what failed.
 */
import type { Call, ItemOf, ListPath } from '@tenantry/sdk';
import { useId, useState } from 'react';
import { reportTrouble } from '../app/api';
import { useTenant } from '../app/tenant';
import { useTranslation } from '../app/translation';
import { Button } from '../ui/button';
import { CurlText } from '../ui/curl';
import { Dialog } from '../ui/dialog';
import { toastSuccess } from '../ui/toasts';
import { Refusal, sentenceFor } from '../ui/trouble';
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
          nameOf={(row) => rowName(model, row)}
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

/** What the first column shows, when that is a text; else the id. */
function rowName<P extends ListPath>(model: ListModel<P>, row: ItemOf<P>): string {
  const shown = model.columns[0]?.cell(row);
  return typeof shown === 'string' ? shown : model.rowId(row);
}

interface BulkDialogProps<Item> {
  action: BulkAction<Item>;
  rows: readonly Item[];
  /** What a row is called, for the account of what failed. */
  nameOf: (item: Item) => string;
  onClose: (isDone: boolean) => void;
}

interface Failure {
  name: string;
  reason: string;
}

function BulkDialog<Item>({ action, rows, nameOf, onClose }: BulkDialogProps<Item>) {
  const { t } = useTranslation();
  const { client } = useTenant();
  const [finished, setFinished] = useState<number>();
  const [failures, setFailures] = useState<Failure[]>([]);
  const [reason, setReason] = useState('');
  const [error, setError] = useState<unknown>();
  const isRunning = finished !== undefined && finished < rows.length;
  const reasonId = useId();

  const succeed = () => {
    toastSuccess(t('list.bulkDone', { count: rows.length }));
    onClose(true);
  };

  const runTogether = async (target: Call) => {
    setFinished(0);
    setError(undefined);
    try {
      await client.send(target);
      succeed();
    } catch (thrown) {
      setError(thrown);
      reportTrouble(thrown);
      setFinished(undefined);
    }
  };

  const runEach = async (each: (row: Item) => Call) => {
    const failed: Failure[] = [];
    for (const [index, row] of rows.entries()) {
      setFinished(index);
      try {
        await client.send(each(row));
      } catch (error) {
        failed.push({ name: nameOf(row), reason: sentenceFor(error, t) });
        setFailures([...failed]);
        reportTrouble(error);
      }
    }
    setFinished(rows.length);
    if (failed.length === 0) {
      succeed();
    }
  };

  const first = rows[0];
  const together = action.together?.(rows, reason.trim());
  const shown = together ?? (first && action.call?.(first));
  const run = async () => {
    if (together) {
      await runTogether(together);
    } else if (action.call) {
      await runEach(action.call);
    }
  };

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
        {error !== undefined && <Refusal error={error} />}
        {action.hasReason && (
          <div className="space-y-1.5">
            <label htmlFor={reasonId} className="block font-medium">
              {t('audit.reason')}
              <span className="ml-1.5 font-normal text-ink-soft">{t('form.optional')}</span>
            </label>
            <input
              id={reasonId}
              className="control"
              maxLength={500}
              autoComplete="off"
              value={reason}
              onChange={(event) => setReason(event.target.value)}
            />
          </div>
        )}
        {finished !== undefined && !together && (
          <div className="flex items-center gap-3">
            <progress className="w-full accent-accent" value={finished} max={rows.length} aria-label={action.label} />
            <span role="status" className="shrink-0 text-ink-soft tabular-nums">
              {t('list.bulkProgress', { finished, count: rows.length })}
            </span>
          </div>
        )}
        {failures.length > 0 && (
          <div role="alert" className="rounded-md bg-danger-soft p-3 text-danger">
            <p className="font-medium">{t('list.bulkFailed', { failed: failures.length, count: rows.length })}</p>
            <ul className="max-h-48 list-inside list-disc overflow-y-auto">
              {failures.map(({ name, reason }, index) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: names may repeat
                <li key={index}>
                  <span className="font-medium">{name}</span>: {reason}
                </li>
              ))}
            </ul>
          </div>
        )}
        {shown && (
          <details>
            <summary className="w-fit text-[0.8125rem] text-ink-soft hover:text-ink">
              {t(together ? 'curl.show' : 'curl.showFirst')}
            </summary>
            <div className="mt-2">
              <CurlText target={shown} />
            </div>
          </details>
        )}
      </div>
    </Dialog>
  );
}
