/** What a tenant has and does: counts and days, never contents. */
import { call } from '@tenantry/sdk';
import { isStatus, useRead } from '../../app/api';
import { useTranslation } from '../../app/translation';
import { Plot } from '../../plots/plot';
import { Trouble } from '../../ui/trouble';
import { useDays } from '../shared/figures';
import { Stat } from '../shared/stat';

/** The tiles and the plot. A tenant that is being created has no figures yet. */
export function TenantStats({ id }: { id: string }) {
  const { t } = useTranslation();
  const days = useDays();
  const read = useRead(call('get', '/tenants/{tenant_id}/stats', { path: { tenant_id: id }, query: { days: 30 } }));
  if (isStatus(read.error, 409)) {
    return null;
  }
  if (read.isError) {
    return <Trouble error={read.error} onRetry={() => void read.refetch()} />;
  }
  const figures = read.data?.data;
  return (
    <>
      <div className="grid grid-cols-2 gap-3 sm:grid-cols-3">
        <Stat label={t('places.members')} value={figures?.users.total} />
        <Stat label={t('places.projects')} value={figures?.projects.total} />
        <Stat label={t('overview.actions')} value={figures?.audit.total} note={t('overview.days', { count: 30 })} />
      </div>
      <Plot
        title={t('overview.actionsPerDay')}
        axis={t('plot.day')}
        kind="area"
        series={[
          { key: 'success', label: t('audit.outcomes.success'), tone: 'accent' },
          { key: 'refused', label: t('audit.outcomes.refused'), tone: 'danger' },
        ]}
        points={days.trail(figures?.audit.per_day ?? [])}
      />
    </>
  );
}
