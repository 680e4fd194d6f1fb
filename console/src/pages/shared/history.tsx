/** What happened to one thing, from the audit trail. */
import { call } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Badge, toneOf } from '../../ui/badge';
import { Card } from '../../ui/card';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { Person } from './person';

/** The last entries about a resource; nothing for those who may not read the trail. */
export function History({ type, id }: { type: string; id: string }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const target = call('get', '/audit/logs', { query: { resource_type: type, resource_id: id, limit: 10 } });
  const read = useRead(target, { enabled: can('audit:read') });
  if (!can('audit:read')) {
    return null;
  }
  const all = (
    <TenantLink
      to="/audit"
      search={{ resource_type: type, resource_id: id }}
      className="text-[0.8125rem] text-accent hover:underline"
    >
      {t('history.all')}
    </TenantLink>
  );
  return (
    <Card title={t('history.title')} actions={all} isFlush>
      {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
      {read.isPending && (
        <div className="p-4">
          <Skeleton />
        </div>
      )}
      {read.data?.data.length === 0 && <p className="p-4 text-ink-soft">{t('history.none')}</p>}
      <ul className="divide-y divide-line">
        {read.data?.data.map((entry) => (
          <li
            key={entry.id}
            className="relative flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 hover:bg-sunken"
          >
            <TenantLink
              to={`/audit/${entry.id}`}
              className="font-mono text-xs font-medium after:absolute after:inset-0"
            >
              {entry.action}
            </TenantLink>
            <span className="text-ink-soft">
              <Person id={entry.actor_id} isPlain />
            </span>
            {entry.outcome !== 'success' && (
              <Badge tone={toneOf(entry.outcome)}>{t(`audit.outcomes.${entry.outcome as 'refused'}`)}</Badge>
            )}
            <span className="ml-auto text-ink-soft">
              <Time at={entry.at} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
