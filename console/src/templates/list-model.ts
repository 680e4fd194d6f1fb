/** A list as data: what a page declares, and how its state is written into the URL. */
import type { AnyInput, Call, ItemOf, ListPath } from '@tenantry/sdk';
import type { ReactNode } from 'react';

/** A column. The first one names the row and is always shown. */
export interface Column<Item> {
  id: string;
  header: string;
  cell: (item: Item) => ReactNode;
  /** Shown from this width on; the others are always there. */
  from?: 'md' | 'lg';
  isNumber?: boolean;
}

/** A filter; its `id` is the name of the API's parameter and of the URL's. */
export interface Filter {
  id: string;
  label: string;
  kind: 'choice' | 'text' | 'time' | 'own';
  /** Of `own`: the control. It commits a value, or nothing. */
  control?: (value: string, commit: (value: string) => void) => ReactNode;
  /** Of choices: value and label. */
  options?: readonly (readonly [string, string])[];
  /** Cannot be combined with these parameters; they are cleared when this one is set. */
  clears?: readonly string[];
}

/** An action on chosen rows: one call for each row, or one for all of them together. */
export interface BulkAction<Item> {
  label: string;
  /** What is asked before. */
  confirm: (count: number) => string;
  call?: (item: Item) => Call;
  /** For all or for none. A reason is asked for when `hasReason`. */
  together?: (items: readonly Item[], reason: string) => Call;
  hasReason?: boolean;
  /** Which rows it applies to. */
  accepts?: (item: Item) => boolean;
  isDanger?: boolean;
}

/** Everything that a list page needs to know. */
export interface ListModel<P extends ListPath> {
  /** The name under which views are saved. */
  id: string;
  path: P;
  title: string;
  description?: string;
  columns: readonly Column<ItemOf<P>>[];
  rowId: (item: ItemOf<P>) => string;
  /** The rule for rows: the whole row leads to the detail page, or (without this) nowhere. */
  rowLink?: (item: ItemOf<P>) => string;
  /** The query of that link. */
  rowSearch?: (item: ItemOf<P>) => Search;
  rowActions?: (item: ItemOf<P>) => ReactNode;
  filters?: readonly Filter[];
  sorts?: readonly (readonly [string, string])[];
  /** Parameters that go only with the first order; another order clears them. */
  sortClears?: readonly string[];
  /** Parameters that are always sent. */
  fixed?: Record<string, string>;
  bulk?: readonly BulkAction<ItemOf<P>>[];
  /** The list knows `limit` and `cursor`. */
  isPaged?: boolean;
  actions?: ReactNode;
  /** Beside the filters. */
  tools?: (state: ListState) => ReactNode;
  empty: { title: string; help: string; action?: ReactNode };
  /** The type of the events that make this list out of date: `tenantry.project.*`. */
  changedBy?: readonly string[];
  /** The page refreshes by itself when such an event comes; otherwise it offers to. */
  isLive?: boolean;
}

/** The URL's query. */
export type Search = Record<string, string>;

/** What the URL says about a list. */
export interface ListState {
  search: Search;
  limit: number;
  hidden: readonly string[];
  hasFilters: boolean;
}

const SIZES = [10, 20, 50, 100];

/** Read the URL's query. */
export function readState(search: Search, filters: readonly Filter[]): ListState {
  const limit = Number(search.limit);
  return {
    search,
    limit: SIZES.includes(limit) ? limit : 20,
    hidden: (search.hide ?? '').split(',').filter(Boolean),
    hasFilters: filters.some(({ id }) => Boolean(search[id])),
  };
}

/** The URL's query with some parameters changed; a change of filters or order goes back to the first page. */
export function changeSearch(search: Search, change: Record<string, string | undefined>): Search {
  const isSamePage = Object.keys(change).every((name) => name === 'hide' || name === 'cursor');
  const next = { ...search, ...(isSamePage ? {} : { cursor: undefined }), ...change };
  return Object.fromEntries(Object.entries(next).filter((entry): entry is [string, string] => Boolean(entry[1])));
}

/** A local time of the URL (`2026-11-21T10:30`) as the API wants it. */
function toInstant(text: string): string {
  const at = new Date(text);
  return Number.isNaN(at.getTime()) ? text : at.toISOString();
}

/** The API's parameters for a state of the list. */
export function queryOf<P extends ListPath>(model: ListModel<P>, state: ListState): Record<string, unknown> {
  const query: Record<string, unknown> = { ...model.fixed };
  for (const { id, kind } of model.filters ?? []) {
    const value = state.search[id];
    if (value) {
      query[id] = kind === 'time' ? toInstant(value) : value;
    }
  }
  if (model.sorts && state.search.sort) {
    query.sort = state.search.sort;
  }
  if (model.isPaged !== false) {
    query.limit = state.limit;
    if (state.search.cursor) {
      query.cursor = state.search.cursor;
    }
  }
  return query;
}

/** The call behind the page. */
export function listCall<P extends ListPath>(model: ListModel<P>, state: ListState): Call<ItemOf<P>[]> {
  return { method: 'get', path: model.path, input: { query: queryOf(model, state) } as AnyInput };
}

/** Whether an event (`tenantry.project.created`) concerns a list. */
export function isChangedBy(patterns: readonly string[] | undefined, type: string): boolean {
  return (patterns ?? []).some((pattern) =>
    pattern.endsWith('*') ? type.startsWith(pattern.slice(0, -1)) : type === pattern,
  );
}
