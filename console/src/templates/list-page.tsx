/**
 * The template for lists. The URL is the state: filters, order, columns, page. Pages follow cursors, nothing is counted, so a
 * million rows cost as much as ten.
 */
import type { ItemOf, ListPath } from '@tenantry/sdk';
import { ChevronLeft, ChevronRight, ChevronsLeft, RefreshCw } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { useRead } from '../app/api';
import { useEvents } from '../app/live';
import { useTranslation } from '../app/translation';
import { Button } from '../ui/button';
import { Trouble } from '../ui/trouble';
import { BulkBar } from './list-bulk';
import { Toolbar } from './list-filters';
import { changeSearch, isChangedBy, type ListModel, listCall, readState } from './list-model';
import { useListSearch } from './list-search';
import { ListTable } from './list-table';
import { Page } from './page';

/** Whether something happened since the list was read; a live list reads again instead, a moment after the event. */
function useOutdated(patterns: readonly string[] | undefined, readAt: number, refetch?: () => unknown): boolean {
  const [changedAt, setChangedAt] = useState(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  useEvents((type) => {
    if (!isChangedBy(patterns, type)) {
      return;
    }
    if (refetch) {
      clearTimeout(timer.current);
      timer.current = setTimeout(refetch, 150);
    } else {
      setChangedAt(Date.now());
    }
  });
  return changedAt > readAt;
}

/** A page with a list. */
export function ListPage<P extends ListPath>({ model }: { model: ListModel<P> }) {
  const { t } = useTranslation();
  const { search, trail, go, change } = useListSearch();
  const state = readState(search, model.filters ?? []);
  const target = listCall(model, state);
  const read = useRead<ItemOf<P>[]>(target, { keepPrevious: true });
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const { refetch } = read;
  const isOutdated = useOutdated(model.changedBy, read.dataUpdatedAt, model.isLive ? refetch : undefined);

  const items = read.data?.data ?? [];
  const next = read.data?.meta?.next_cursor ?? undefined;
  const rows = items.filter((item) => chosen.has(model.rowId(item)));
  const isEmpty = read.data !== undefined && items.length === 0;

  return (
    <Page title={model.title} description={model.description} actions={model.actions}>
      <Toolbar model={model} state={state} target={target} onChange={change} onSearch={(view) => go(view)} />
      {isOutdated && (
        <button
          type="button"
          onClick={() => void refetch()}
          className="mb-3 flex w-full items-center justify-center gap-2 rounded-md border border-line bg-info-soft py-1.5 text-info"
        >
          <RefreshCw aria-hidden className="size-3.5" />
          {t('list.outdated')}
        </button>
      )}
      {rows.length > 0 && (
        <BulkBar model={model} rows={rows} onDone={() => setChosen(new Set())} onRefresh={() => void refetch()} />
      )}
      <div className="overflow-hidden rounded-lg border border-line bg-surface" aria-busy={read.isFetching}>
        {read.isError && <Trouble error={read.error} onRetry={() => void refetch()} />}
        {!read.isError && isEmpty && <Empty model={model} hasFilters={state.hasFilters} onClear={() => go({})} />}
        {!read.isError && !isEmpty && (
          <ListTable
            model={model}
            hidden={state.hidden}
            items={read.data ? items : undefined}
            isStale={read.isPlaceholderData}
            chosen={chosen}
            onChoose={setChosen}
          />
        )}
      </div>
      {model.isPaged !== false && (
        <Pager
          hasNext={next !== undefined}
          isFirst={!search.cursor}
          canGoBack={trail.length > 0}
          onFirst={() => go(changeSearch(search, { cursor: undefined }))}
          onBack={() => go(changeSearch(search, { cursor: trail.at(-1) }), trail.slice(0, -1))}
          onNext={() => go(changeSearch(search, { cursor: next }), [...trail, search.cursor ?? ''])}
        />
      )}
    </Page>
  );
}

interface EmptyProps<P extends ListPath> {
  model: ListModel<P>;
  hasFilters: boolean;
  onClear: () => void;
}

function Empty<P extends ListPath>({ model, hasFilters, onClear }: EmptyProps<P>) {
  const { t } = useTranslation();
  return (
    <div className="flex flex-col items-center gap-2 px-4 py-16 text-center">
      <p className="text-base font-semibold">{hasFilters ? t('list.noMatch') : model.empty.title}</p>
      <p className="max-w-md text-ink-soft">{hasFilters ? t('list.noMatchHelp') : model.empty.help}</p>
      <div className="mt-2">
        {hasFilters ? <Button onClick={onClear}>{t('list.clearFilters')}</Button> : model.empty.action}
      </div>
    </div>
  );
}

interface PagerProps {
  hasNext: boolean;
  isFirst: boolean;
  canGoBack: boolean;
  onFirst: () => void;
  onBack: () => void;
  onNext: () => void;
}

function Pager({ hasNext, isFirst, canGoBack, onFirst, onBack, onNext }: PagerProps) {
  const { t } = useTranslation();
  if (isFirst && !hasNext) {
    return null;
  }
  return (
    <nav aria-label={t('list.pages')} className="mt-3 flex items-center justify-end gap-2">
      <Button size="small" onClick={onFirst} disabled={isFirst} icon={<ChevronsLeft aria-hidden className="size-4" />}>
        {t('list.first')}
      </Button>
      <Button size="small" onClick={onBack} disabled={!canGoBack} icon={<ChevronLeft aria-hidden className="size-4" />}>
        {t('list.previous')}
      </Button>
      <Button size="small" onClick={onNext} disabled={!hasNext}>
        {t('list.next')}
        <ChevronRight aria-hidden className="size-4" />
      </Button>
    </nav>
  );
}
