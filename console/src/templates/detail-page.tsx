/** The template for one thing: what it is, what can be done with it, and what belongs to it. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { Answer } from '@tenantry/sdk';
import type { ReactNode } from 'react';
import { useTranslation } from '../app/translation';
import { buttonClass } from '../ui/button';
import { TenantLink } from '../ui/link';
import { Skeleton } from '../ui/skeleton';
import { Trouble } from '../ui/trouble';
import { Page } from './page';

interface DetailPageProps<Data> {
  /** The read that the page stands on. */
  read: UseQueryResult<Answer<Data>>;
  /** The list that it belongs to. */
  back: { to: string; label: string };
  title: (data: Data) => string;
  description?: (data: Data) => ReactNode;
  badge?: (data: Data) => ReactNode;
  actions?: (data: Data) => ReactNode;
  /** The main column. */
  children: (data: Data, answer: Answer<Data>) => ReactNode;
  /** The narrow column: facts. */
  aside?: (data: Data) => ReactNode;
}

/** A page about one thing. */
export function DetailPage<Data>(props: DetailPageProps<Data>) {
  const { t } = useTranslation();
  const { read, back } = props;
  if (read.data === undefined) {
    return (
      <Page title={read.isError ? t('detail.unavailable') : t('common.loading')} back={back}>
        {read.isError ? (
          <Trouble error={read.error} onRetry={() => void read.refetch()}>
            <TenantLink to={back.to} className={buttonClass()}>
              {back.label}
            </TenantLink>
          </Trouble>
        ) : (
          <div className="rounded-lg border border-line bg-surface p-4">
            <Skeleton lines={6} />
          </div>
        )}
      </Page>
    );
  }
  const { data } = read.data;
  return (
    <Page
      title={props.title(data)}
      description={props.description?.(data)}
      badge={props.badge?.(data)}
      actions={props.actions?.(data)}
      back={back}
    >
      {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
      <div className={props.aside ? 'grid gap-4 lg:grid-cols-[1fr_20rem]' : ''}>
        <div className="min-w-0 space-y-4">{props.children(data, read.data)}</div>
        {props.aside && <aside className="min-w-0 space-y-4">{props.aside(data)}</aside>}
      </div>
    </Page>
  );
}
