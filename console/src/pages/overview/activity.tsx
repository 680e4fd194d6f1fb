/** What happened last in the organisation, kept up to date. */
import { useQueryClient } from '@tanstack/react-query';
import { call } from '@tenantry/sdk';
import { invalidate, useRead } from '../../app/api';
import { useEvents } from '../../app/live';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Badge, toneOf } from '../../ui/badge';
import { Card } from '../../ui/card';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { Person } from '../shared/person';

/** The card; nothing for those who may not read the trail. */
export function RecentActivity() {
  const { t } = useTranslation();
  const { can, slug } = useTenant();
  const cache = useQueryClient();
  const read = useRead(call('get', '/audit/logs', { query: { limit: 10 } }), { enabled: can('audit:read') });
  useEvents(() => void invalidate(cache, slug, ['/audit/logs']));
  if (!can('audit:read')) {
    return null;
  }
  const all = (
    <TenantLink to="/audit" className="text-[0.8125rem] text-accent hover:underline">
      {t('history.all')}
    </TenantLink>
  );
  return (
    <Card title={t('overview.activity')} actions={all} isFlush>
      {read.isPending && (
        <div className="p-4">
          <Skeleton lines={6} />
        </div>
      )}
      {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
      {read.data?.data.length === 0 && <p className="p-4 text-ink-soft">{t('audit.noneHelp')}</p>}
      <ul className="divide-y divide-line">
        {read.data?.data.map(({ id, action, actor_id, outcome, resource_type, at }) => (
          <li key={id} className="relative flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 hover:bg-sunken">
            <TenantLink to={`/audit/${id}`} className="font-mono text-xs font-medium after:absolute after:inset-0">
              {action}
            </TenantLink>
            <span className="text-ink-soft">{actor_id ? <Person id={actor_id} isPlain /> : resource_type}</span>
            {outcome !== 'success' && (
              <Badge tone={toneOf(outcome)}>{t(`audit.outcomes.${outcome as 'refused'}`, outcome)}</Badge>
            )}
            <span className="ml-auto text-ink-soft">
              <Time at={at} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
