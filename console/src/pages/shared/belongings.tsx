/** A card with what belongs to a thing: a short list, adding one, taking one away. */
import type { UseQueryResult } from '@tanstack/react-query';
import { Plus, X } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { useTranslation } from '../../app/translation';
import { Button, IconButton } from '../../ui/button';
import { Card } from '../../ui/card';
import { type Confirmation, useConfirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { Scroll } from '../../ui/scroll';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';

interface BelongingsProps<Item> {
  title: string;
  help?: string;
  read: Pick<UseQueryResult, 'isPending' | 'isError' | 'error' | 'refetch'>;
  items: readonly Item[] | undefined;
  itemId: (item: Item) => string;
  line: (item: Item) => ReactNode;
  none: string;
  /** What the button for adding says, and the form in its dialog. Without, nothing can be added. */
  add?: { label: string; form: (close: () => void) => ReactNode };
  /** What is asked before one is taken away. Without, nothing can be. */
  remove?: (item: Item) => { label: string; confirmation: Confirmation } | undefined;
  /** A text that narrows the list, for long ones. */
  search?: { label: string; value: string; onChange: (value: string) => void };
  onMore?: () => void;
}

/** The card. */
export function Belongings<Item>(props: BelongingsProps<Item>) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const [isAdding, setAdding] = useState(false);
  const { read, items, add } = props;
  return (
    <Card
      title={props.title}
      description={props.help}
      isFlush
      actions={
        add && (
          <IconButton
            label={add.label}
            icon={<Plus aria-hidden className="size-4" />}
            className="size-7"
            onClick={() => setAdding(true)}
          />
        )
      }
    >
      {props.search && !read.isPending && !read.isError && (
        <div className="border-b border-line p-2">
          <input
            type="search"
            className="control"
            aria-label={props.search.label}
            placeholder={props.search.label}
            value={props.search.value}
            onChange={(event) => props.search?.onChange(event.target.value)}
          />
        </div>
      )}
      {read.isPending && (
        <div className="p-4">
          <Skeleton lines={2} />
        </div>
      )}
      {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
      {items?.length === 0 && !read.isError && <p className="p-4 text-ink-soft">{props.none}</p>}
      {items && items.length > 0 && (
        <Lines label={props.title} isLong={props.search !== undefined}>
          {items.map((item) => {
            const removal = props.remove?.(item);
            return (
              <li key={props.itemId(item)} className="flex items-center gap-2 px-4 py-2">
                <div className="min-w-0 flex-1">{props.line(item)}</div>
                {removal && (
                  <IconButton
                    label={removal.label}
                    icon={<X aria-hidden className="size-4" />}
                    className="size-7"
                    onClick={() => confirm(removal.confirmation)}
                  />
                )}
              </li>
            );
          })}
        </Lines>
      )}
      {props.onMore && (
        <div className="border-t border-line px-4 py-2">
          <Button size="small" onClick={props.onMore}>
            {t('list.more')}
          </Button>
        </div>
      )}
      {isAdding && add && (
        <Dialog title={add.label} onClose={() => setAdding(false)}>
          {add.form(() => setAdding(false))}
        </Dialog>
      )}
    </Card>
  );
}

/** A long list scrolls by itself. */
function Lines({ label, isLong, children }: { label: string; isLong: boolean; children: ReactNode }) {
  const list = <ul className="divide-y divide-line">{children}</ul>;
  return isLong ? (
    <Scroll label={label} className="max-h-[30rem] overflow-y-auto">
      {list}
    </Scroll>
  ) : (
    list
  );
}
