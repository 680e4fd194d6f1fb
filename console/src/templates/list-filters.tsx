/** The bar above a list: filters, order, columns, saved views, curl. */
import type { Call, ListPath } from '@tenantry/sdk';
import { Bookmark, Columns3, Trash2, X } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { type SavedView, setPreferences, usePreferences } from '../app/preferences';
import { useTenant } from '../app/tenant';
import { useTranslation } from '../app/translation';
import { Button, IconButton } from '../ui/button';
import { CurlButton } from '../ui/curl';
import { Dialog } from '../ui/dialog';
import { Menu, MenuCheck, MenuItem, MenuLabel, MenuLine } from '../ui/menu';
import type { Filter, ListModel, ListState, Search } from './list-model';

interface ToolbarProps<P extends ListPath> {
  model: ListModel<P>;
  state: ListState;
  target: Call;
  onChange: (change: Record<string, string | undefined>) => void;
  onSearch: (search: Search) => void;
}

/** The bar. */
export function Toolbar<P extends ListPath>({ model, state, target, onChange, onSearch }: ToolbarProps<P>) {
  const { t } = useTranslation();
  return (
    <search aria-label={t('list.filters')} className="mb-3 flex flex-wrap items-center gap-2">
      {model.filters?.map((filter) => (
        <FilterControl key={filter.id} filter={filter} value={state.search[filter.id] ?? ''} onChange={onChange} />
      ))}
      {state.hasFilters && (
        <Button kind="quiet" icon={<X aria-hidden className="size-4" />} onClick={() => onSearch({})}>
          {t('list.clearFilters')}
        </Button>
      )}
      <div className="ml-auto flex flex-wrap items-center gap-1">
        {model.tools?.(state)}
        {model.sorts && (
          <Select
            label={t('list.sort')}
            value={state.search.sort ?? ''}
            options={model.sorts}
            onChange={(sort) => onChange({ ...cleared(sort, model.sortClears), sort })}
          />
        )}
        <ColumnsMenu model={model} hidden={state.hidden} onChange={onChange} />
        <ViewsMenu id={model.id} search={state.search} onSearch={onSearch} />
        <CurlButton isIcon target={() => target} />
      </div>
    </search>
  );
}

/** What must go when a parameter gets a value. */
function cleared(value: string, names: readonly string[] = []): Record<string, undefined> {
  return value ? Object.fromEntries(names.map((name) => [name, undefined])) : {};
}

interface SelectProps {
  label: string;
  value: string;
  options: readonly (readonly [string, string])[];
  onChange: (value: string) => void;
}

function Select({ label, value, options, onChange }: SelectProps) {
  return (
    <select
      aria-label={label}
      className="control w-auto max-w-44 pr-2"
      value={value}
      onChange={(event) => onChange(event.target.value)}
    >
      {options.map(([key, text]) => (
        <option key={key} value={key}>
          {text}
        </option>
      ))}
    </select>
  );
}

interface FilterControlProps {
  filter: Filter;
  value: string;
  onChange: ToolbarProps<ListPath>['onChange'];
}

function FilterControl({ filter, value, onChange }: FilterControlProps) {
  const { t } = useTranslation();
  const set = (next: string) => onChange({ ...cleared(next, filter.clears), [filter.id]: next });
  if (filter.kind === 'choice') {
    const all = ['', t('list.all', { name: filter.label })] as const;
    return <Select label={filter.label} value={value} options={[all, ...(filter.options ?? [])]} onChange={set} />;
  }
  if (filter.kind === 'own') {
    return filter.control?.(value, set);
  }
  return <TextFilter key={filter.id} filter={filter} value={value} onCommit={set} />;
}

interface TextFilterProps {
  filter: Filter;
  value: string;
  onCommit: (value: string) => void;
}

/** Text goes into the URL when typing pauses, and at once on Enter. */
function TextFilter({ filter, value, onCommit }: TextFilterProps) {
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only what is typed starts the pause
  useEffect(() => {
    if (text === value) {
      return;
    }
    const timer = setTimeout(() => onCommit(text.trim()), 400);
    return () => clearTimeout(timer);
  }, [text]);
  const isTime = filter.kind === 'time';
  const field: ReactNode = (
    <input
      type={isTime ? 'datetime-local' : 'search'}
      aria-label={filter.label}
      placeholder={filter.label}
      data-filter={isTime ? undefined : ''}
      className={isTime ? 'control w-auto' : 'control w-44'}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={(event) => event.key === 'Enter' && onCommit(text.trim())}
    />
  );
  return isTime ? (
    <span className="flex items-center gap-1.5 text-[0.8125rem] text-ink-soft">
      {filter.label}
      {field}
    </span>
  ) : (
    field
  );
}

interface ColumnsMenuProps<P extends ListPath> {
  model: ListModel<P>;
  hidden: readonly string[];
  onChange: ToolbarProps<P>['onChange'];
}

function ColumnsMenu<P extends ListPath>({ model, hidden, onChange }: ColumnsMenuProps<P>) {
  const { t } = useTranslation();
  const set = (id: string, isShown: boolean) => {
    const next = isShown ? hidden.filter((name) => name !== id) : [...hidden, id];
    onChange({ hide: next.join(',') });
  };
  return (
    <Menu trigger={<IconButton label={t('list.columns')} icon={<Columns3 aria-hidden className="size-4" />} />}>
      <MenuLabel>{t('list.columns')}</MenuLabel>
      {model.columns.slice(1).map(({ id, header }) => (
        <MenuCheck key={id} isChecked={!hidden.includes(id)} onChange={(isShown) => set(id, isShown)}>
          {header}
        </MenuCheck>
      ))}
    </Menu>
  );
}

interface ViewsMenuProps {
  id: string;
  search: Search;
  onSearch: (search: Search) => void;
}

function ViewsMenu({ id, search, onSearch }: ViewsMenuProps) {
  const { t } = useTranslation();
  const { slug } = useTenant();
  const { views } = usePreferences();
  const [isNaming, setNaming] = useState(false);
  const key = `${slug}/${id}`;
  const saved = views[key] ?? [];
  const keep = (next: SavedView[]) => setPreferences({ views: { ...views, [key]: next } });
  const { cursor: _, ...current } = search;
  return (
    <>
      <Menu trigger={<IconButton label={t('list.views')} icon={<Bookmark aria-hidden className="size-4" />} />}>
        <MenuLabel>{t('list.views')}</MenuLabel>
        {saved.map((view) => (
          <MenuItem key={view.name} onSelect={() => onSearch(view.search)}>
            {view.name}
          </MenuItem>
        ))}
        {saved.length > 0 && <MenuLine />}
        <MenuItem onSelect={() => setNaming(true)}>{t('list.saveView')}</MenuItem>
        {saved.map((view) => (
          <MenuItem
            key={view.name}
            isDanger
            icon={<Trash2 aria-hidden className="size-4" />}
            onSelect={() => keep(saved.filter(({ name }) => name !== view.name))}
          >
            {t('list.deleteView', { name: view.name })}
          </MenuItem>
        ))}
      </Menu>
      {isNaming && (
        <NameDialog
          onClose={() => setNaming(false)}
          onName={(name) => keep([...saved.filter((view) => view.name !== name), { name, search: current }])}
        />
      )}
    </>
  );
}

function NameDialog({ onClose, onName }: { onClose: () => void; onName: (name: string) => void }) {
  const { t } = useTranslation();
  const [name, setName] = useState('');
  const save = () => {
    onName(name.trim());
    onClose();
  };
  return (
    <Dialog
      title={t('list.saveView')}
      onClose={onClose}
      footer={
        <Button kind="primary" disabled={!name.trim()} onClick={save}>
          {t('common.save')}
        </Button>
      }
    >
      <label className="space-y-1.5">
        <span>{t('list.viewName')}</span>
        <input
          className="control"
          value={name}
          onChange={(event) => setName(event.target.value)}
          onKeyDown={(event) => event.key === 'Enter' && name.trim() && save()}
        />
      </label>
    </Dialog>
  );
}
