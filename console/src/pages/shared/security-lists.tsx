/** Attempts to sign in, and what has happened to an account: for administrators and for oneself. */
import type { UseQueryResult } from '@tanstack/react-query';
import type { Schemas } from '@tenantry/sdk';
import type { ReactNode } from 'react';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Badge, toneOf } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { Person } from './person';
import { clientName } from './session-list';

interface Pages<Item> {
  read: Pick<UseQueryResult, 'isPending' | 'isError' | 'error' | 'refetch'>;
  items: readonly Item[] | undefined;
  more: (() => void) | undefined;
}

interface GrowingProps<Item> {
  pages: Pages<Item>;
  none: string;
  line: (item: Item) => ReactNode;
}

/** A list that grows a page at a time. */
function Growing<Item extends { id: string }>({ pages: { read, items, more }, none, line }: GrowingProps<Item>) {
  const { t } = useTranslation();
  if (read.isError) {
    return <Trouble error={read.error} onRetry={() => void read.refetch()} />;
  }
  if (!items) {
    return (
      <div className="p-4">
        <Skeleton lines={3} />
      </div>
    );
  }
  if (items.length === 0) {
    return <p className="p-4 text-ink-soft">{none}</p>;
  }
  return (
    <>
      <ul className="divide-y divide-line">
        {items.map((item) => (
          <li key={item.id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
            {line(item)}
          </li>
        ))}
      </ul>
      {more && (
        <div className="border-t border-line px-4 py-2">
          <Button size="small" onClick={more}>
            {t('list.more')}
          </Button>
        </div>
      )}
    </>
  );
}

function Outcome({ outcome }: { outcome: string }) {
  const { t } = useTranslation();
  return <Badge tone={toneOf(outcome)}>{t(`audit.outcomes.${outcome as 'success'}`, outcome)}</Badge>;
}

interface WhereProps {
  at: string;
  ip: string | null | undefined;
  agent: string | null | undefined;
  /** ISO 3166-1. */
  country?: string | null;
}

/** From where, with what, when. */
function Where({ at, ip, agent, country }: WhereProps) {
  const { locale } = useTranslation();
  return (
    <span className="text-[0.8125rem] text-ink-soft" title={agent ?? undefined}>
      {[ip, country && countryName(country, locale), agent && clientName(agent)].filter(Boolean).join(' · ') || '—'} ·{' '}
      <Time at={at} />
    </span>
  );
}

/** A country's name in the reader's language; the code itself where there is none. */
export function countryName(code: string, locale: string): string {
  try {
    return new Intl.DisplayNames(locale, { type: 'region' }).of(code) ?? code;
  } catch {
    return code;
  }
}

const GRAVE: readonly string[] = ['impossible_travel', 'credential_stuffing'];

/** What was unusual about an attempt. */
function Signals({ signals }: { signals: readonly string[] }) {
  const { t } = useTranslation();
  if (signals.length === 0) {
    return null;
  }
  return (
    <ul aria-label={t('security.signalsLabel')} className="flex flex-wrap gap-1">
      {signals.map((signal) => (
        <li key={signal}>
          <Badge tone={GRAVE.includes(signal) ? 'danger' : 'warn'}>
            {t(`security.signals.${signal as 'new_device'}`, signal)}
          </Badge>
        </li>
      ))}
    </ul>
  );
}

/** Attempts to sign in. */
export function SignIns({ pages }: { pages: Pages<Schemas['SignInView']> }) {
  const { t } = useTranslation();
  const { session } = useTenant();
  return (
    <Growing
      pages={pages}
      none={t('security.noSignIns')}
      line={({ at, outcome, method, session_id, ip, user_agent, country, signals }) => (
        <>
          <Outcome outcome={outcome} />
          <span className="min-w-0 flex-1 font-medium">
            {t(`security.methods.${method as 'password'}`, method)}
            {session_id === session.session_id && (
              <span className="ml-2 font-normal text-ink-soft">{t('sessions.current')}</span>
            )}
          </span>
          <Signals signals={signals} />
          <Where at={at} ip={ip} agent={user_agent} country={country} />
        </>
      )}
    />
  );
}

/** What has happened to an account. */
export function SecurityEvents({ pages }: { pages: Pages<Schemas['SecurityEvent']> }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  return (
    <Growing
      pages={pages}
      none={t('history.none')}
      line={({ id, at, action, outcome, actor_id, impersonator_id, reason, ip, user_agent }) => (
        <>
          <span className="min-w-0 flex-1 basis-56">
            {can('audit:read') ? (
              <TenantLink to={`/audit/${id}`} className="font-mono text-xs font-medium hover:underline">
                {action}
              </TenantLink>
            ) : (
              <span className="font-mono text-xs font-medium">{action}</span>
            )}{' '}
            {outcome !== 'success' && <Outcome outcome={outcome} />}
            <span className="block text-[0.8125rem] text-ink-soft">
              <Person id={actor_id} isPlain />
              {impersonator_id && ` (${t('audit.impersonator')}: …${impersonator_id.slice(-6)})`}
              {reason && ` · ${reason}`}
            </span>
          </span>
          <Where at={at} ip={ip} agent={user_agent} />
        </>
      )}
    />
  );
}
