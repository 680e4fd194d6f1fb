/** Lists of words: the tenant's own can be taken away, the product's are only shown. */
import type { UseQueryResult } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useTranslation } from '../../app/translation';
import { Badge } from '../../ui/badge';
import type { Confirmation } from '../../ui/confirm';
import { Belongings } from '../shared/belongings';

/** What every word of the catalogue has. */
export interface Word {
  id?: string | null;
  name: string;
  description?: string | null;
  is_system: boolean;
}

interface WordsProps<W extends Word> {
  title: string;
  help: string;
  read: Pick<UseQueryResult, 'isPending' | 'isError' | 'error' | 'refetch'>;
  items: readonly W[] | undefined;
  /** More about a word, below its description. */
  more?: (word: W) => ReactNode;
  none: string;
  add?: { label: string; form: (close: () => void) => ReactNode };
  remove?: (word: W & { id: string }) => { label: string; confirmation: Confirmation };
}

/** The card: first one's own, then the product's; with a text to find some. */
export function Words<W extends Word>({ title, help, read, items, more, none, add, remove }: WordsProps<W>) {
  const { t } = useTranslation();
  const [search, setSearch] = useState('');
  const wanted = search.trim().toLowerCase();
  const fits = ({ name, description }: W) => `${name} ${description ?? ''}`.toLowerCase().includes(wanted);
  const shown = items?.filter(fits).sort((one, other) => Number(one.is_system) - Number(other.is_system));
  return (
    <Belongings
      title={title}
      help={help}
      read={read}
      items={shown}
      itemId={({ name }) => name}
      none={wanted ? t('list.noMatchHelp') : none}
      line={(word) => (
        <>
          <span className="flex flex-wrap items-center gap-2">
            <code className="font-mono text-xs font-medium break-all">{word.name}</code>
            {!word.is_system && <Badge tone="info">{t('roles.custom')}</Badge>}
          </span>
          {word.description && <span className="block text-[0.8125rem] text-ink-soft">{word.description}</span>}
          {more?.(word)}
        </>
      )}
      add={add}
      remove={remove && ((word) => (word.is_system || !word.id ? undefined : remove({ ...word, id: word.id })))}
      search={{ label: t('catalogue.find', { title }), value: search, onChange: setSearch }}
    />
  );
}
