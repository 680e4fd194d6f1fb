/** “What can somebody do?” and “who can do something?”: complete lists, a page at a time. */
import type { Call, Schemas } from '@tenantry/sdk';
import { type ReactNode, useState } from 'react';
import { useTranslation } from '../../app/translation';
import { useSaveKey } from '../../forms/save-key';
import { useListSearch } from '../../templates/list-search';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { CurlButton } from '../../ui/curl';
import { TenantLink } from '../../ui/link';
import { Scroll } from '../../ui/scroll';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { PersonPicker } from '../shared/person-picker';
import { usePages } from '../shared/use-pages';
import { ActionField } from './question-form';

type Dependence = Schemas['Dependence'];

/** What can X do? */
export function Abilities() {
  const { t } = useTranslation();
  const { search, change } = useListSearch();
  const user = search.user ?? '';
  const pages = usePages(
    '/users/{user_id}/permissions',
    { path: { user_id: user } },
    { limit: 50, isEnabled: user !== '' },
  );
  return (
    <div className="space-y-4">
      <div className="max-w-md">
        <PersonPicker
          id="user"
          label={t('simulator.user')}
          isRequired
          value={user}
          onChange={(id) => change({ user: id || undefined })}
        />
      </div>
      {user !== '' && (
        <Results
          title={t('simulator.abilities')}
          pages={pages}
          rowId={({ permission }) => permission}
          row={({ permission, answer, conditions }) => (
            <Row
              name={<code className="font-mono text-xs font-medium">{permission}</code>}
              answer={answer}
              conditions={conditions}
            />
          )}
          none={t('simulator.noAbilities')}
        />
      )}
    </div>
  );
}

/** Who can do Y? */
export function WhoCan() {
  const { t } = useTranslation();
  const { search, change } = useListSearch();
  const action = search.action ?? '';
  const [typed, setTyped] = useState(action);
  const ask = () => change({ action: typed.trim() });
  const element = useSaveKey<HTMLFormElement>({ isDirty: false, save: ask });
  const pages = usePages('/access/who', { query: { permission: action } }, { limit: 50, isEnabled: action !== '' });
  return (
    <div className="space-y-4">
      <form
        ref={element}
        className="flex max-w-xl flex-wrap items-start gap-2"
        onSubmit={(event) => {
          event.preventDefault();
          ask();
        }}
      >
        <div className="min-w-56 flex-1">
          <ActionField value={typed} onChange={setTyped} />
        </div>
        <Button type="submit" kind="primary" className="mt-6.5" disabled={typed.trim() === ''}>
          {t('simulator.ask')}
        </Button>
      </form>
      {action !== '' && (
        <Results
          title={t('simulator.who', { action })}
          pages={pages}
          rowId={({ user_id }) => user_id}
          row={({ user_id, email, answer, conditions }) => (
            <Row
              name={
                <TenantLink to={`/members/${user_id}`} className="font-medium hover:underline">
                  {email}
                </TenantLink>
              }
              answer={answer}
              conditions={conditions}
            />
          )}
          none={t('simulator.nobody')}
        />
      )}
    </div>
  );
}

interface ResultsProps<Item> {
  title: string;
  pages: {
    read: { isPending: boolean; isError: boolean; error: unknown; refetch: () => unknown; isFetchingNextPage: boolean };
    items: readonly Item[] | undefined;
    more: (() => void) | undefined;
    call: Call;
  };
  rowId: (item: Item) => string;
  row: (item: Item) => ReactNode;
  none: string;
}

function Results<Item>({ title, pages, rowId, row, none }: ResultsProps<Item>) {
  const { t } = useTranslation();
  const { read, items, more } = pages;
  return (
    <Card title={title} isFlush actions={<CurlButton isIcon target={() => pages.call} />}>
      {read.isPending && (
        <div className="p-4">
          <Skeleton lines={5} />
        </div>
      )}
      {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
      {items?.length === 0 && !more && !read.isError && <p className="p-4 text-ink-soft">{none}</p>}
      <ul className="divide-y divide-line">
        {items?.map((item) => (
          <li key={rowId(item)} className="px-4 py-2">
            {row(item)}
          </li>
        ))}
      </ul>
      <div className="border-t border-line px-4 py-2">
        {more ? (
          <Button size="small" isBusy={read.isFetchingNextPage} onClick={more}>
            {t('simulator.further')}
          </Button>
        ) : (
          items && <p className="text-[0.8125rem] text-ink-soft">{t('simulator.complete')}</p>
        )}
      </div>
    </Card>
  );
}

interface RowProps {
  name: ReactNode;
  answer: Schemas['Possible'];
  conditions: readonly Dependence[];
}

const TONES = { yes: 'good', no: 'danger', conditional: 'warn' } as const;

function Row({ name, answer, conditions }: RowProps) {
  const { t } = useTranslation();
  return (
    <>
      <div className="grid grid-cols-[minmax(0,20rem)_auto] items-center justify-start gap-x-4">
        <span className="min-w-0 break-words">{name}</span>
        <span>
          <Badge tone={TONES[answer]}>{t(`simulator.possible.${answer}`)}</Badge>
        </span>
      </div>
      {conditions.length > 0 && (
        <details className="mt-1">
          <summary className="w-fit text-[0.8125rem] text-ink-soft hover:text-ink">
            {t('simulator.conditions', { count: conditions.length })}
          </summary>
          <ul className="mt-1 space-y-2">
            {conditions.map(({ policy, effect, when }) => (
              <li key={`${policy} ${when}`}>
                <p className="text-[0.8125rem]">
                  <span className="font-medium">{policy}</span>: {t(`policies.effects.${effect}`)}
                </p>
                <Scroll label={policy} className="overflow-x-auto rounded bg-sunken p-2">
                  <pre className="font-mono text-xs">{when}</pre>
                </Scroll>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}
