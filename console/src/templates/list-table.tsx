/** The table of a list. The whole row is the link when there is a detail page; checkboxes and buttons lie above it. */
import type { ItemOf, ListPath } from '@tenantry/sdk';
import { useTranslation } from '../app/translation';
import { classes } from '../ui/classes';
import { TenantLink } from '../ui/link';
import { Scroll } from '../ui/scroll';
import { Bar } from '../ui/skeleton';
import type { Column, ListModel } from './list-model';

interface ListTableProps<P extends ListPath> {
  model: ListModel<P>;
  hidden: readonly string[];
  /** Absent while the first page loads. */
  items: readonly ItemOf<P>[] | undefined;
  isStale: boolean;
  chosen: ReadonlySet<string>;
  onChoose: (chosen: ReadonlySet<string>) => void;
}

const FROM = { md: 'hidden md:table-cell', lg: 'hidden lg:table-cell' } as const;

function cellClass<Item>(column: Column<Item>): string {
  return classes('px-4 py-2.5', column.from && FROM[column.from], column.isNumber && 'text-right tabular-nums');
}

/** The table, or its skeleton. */
export function ListTable<P extends ListPath>({ model, hidden, items, isStale, chosen, onChoose }: ListTableProps<P>) {
  const { t } = useTranslation();
  const columns = model.columns.filter((column, index) => index === 0 || !hidden.includes(column.id));
  const hasBulk = (model.bulk?.length ?? 0) > 0;
  const ids = (items ?? []).map(model.rowId);
  const isAll = ids.length > 0 && ids.every((id) => chosen.has(id));
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) {
      next.add(id);
    }
    onChoose(next);
  };

  return (
    // Positioned, so that what only screen readers see is cut off with the rest.
    <Scroll label={model.title} className="relative overflow-x-auto">
      <table className={classes('w-full border-collapse text-left', isStale && 'opacity-60')}>
        <caption className="sr-only">{items ? model.title : t('common.loading')}</caption>
        <thead>
          <tr className="border-b border-line text-xs text-ink-soft">
            {hasBulk && (
              <th scope="col" className="w-10 py-2 pl-4">
                <input
                  type="checkbox"
                  aria-label={t('list.chooseAll')}
                  className="relative z-10 size-4 accent-accent align-middle"
                  checked={isAll}
                  disabled={ids.length === 0}
                  onChange={() => onChoose(new Set(isAll ? [] : ids))}
                />
              </th>
            )}
            {columns.map((column) => (
              <th
                key={column.id}
                scope="col"
                className={classes(cellClass(column), 'py-2 font-medium whitespace-nowrap')}
              >
                {column.header}
              </th>
            ))}
            {model.rowActions && (
              <th scope="col" className="px-4 py-2">
                <span className="sr-only">{t('list.actions')}</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {items === undefined && <SkeletonRows columns={columns} hasBulk={hasBulk} />}
          {items?.map((item) => (
            <Row
              key={model.rowId(item)}
              model={model}
              columns={columns}
              item={item}
              isChosen={chosen.has(model.rowId(item))}
              onToggle={hasBulk ? () => toggle(model.rowId(item)) : undefined}
            />
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

interface RowProps<P extends ListPath> {
  model: ListModel<P>;
  columns: readonly Column<ItemOf<P>>[];
  item: ItemOf<P>;
  isChosen: boolean;
  onToggle: (() => void) | undefined;
}

function Row<P extends ListPath>({ model, columns, item, isChosen, onToggle }: RowProps<P>) {
  const { t } = useTranslation();
  const link = model.rowLink?.(item);
  return (
    <tr
      className={classes(
        'relative border-b border-line last:border-b-0',
        link && 'hover:bg-sunken',
        isChosen && 'bg-info-soft',
      )}
    >
      {onToggle && (
        <td className="w-10 py-2.5 pl-4">
          <input
            type="checkbox"
            aria-label={t('list.choose')}
            className="relative z-10 size-4 accent-accent align-middle"
            checked={isChosen}
            onChange={onToggle}
          />
        </td>
      )}
      {columns.map((column, index) => (
        <td key={column.id} className={cellClass(column)}>
          {index === 0 && link ? (
            <TenantLink
              to={link}
              search={model.rowSearch?.(item)}
              className="font-medium after:absolute after:inset-0 focus-visible:outline-offset-4"
            >
              {column.cell(item)}
            </TenantLink>
          ) : (
            column.cell(item)
          )}
        </td>
      ))}
      {model.rowActions && (
        <td className="px-4 py-1.5 text-right">
          <span className="relative z-10">{model.rowActions(item)}</span>
        </td>
      )}
    </tr>
  );
}

function SkeletonRows<Item>({ columns, hasBulk }: { columns: readonly Column<Item>[]; hasBulk: boolean }) {
  return Array.from({ length: 8 }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the rows have no identity
    <tr key={row} className="border-b border-line last:border-b-0">
      {hasBulk && <td className="w-10" />}
      {columns.map((column, index) => (
        <td key={column.id} className={cellClass(column)}>
          <Bar className={index === 0 ? 'my-1 w-40 max-w-full' : 'my-1 w-20 max-w-full'} />
        </td>
      ))}
    </tr>
  ));
}
