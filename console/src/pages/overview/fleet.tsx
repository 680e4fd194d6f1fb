/** All tenants at a glance, for operators. */
import { call } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Plot } from '../../plots/plot';
import { Page } from '../../templates/page';
import { buttonClass } from '../../ui/button';
import { CurlButton } from '../../ui/curl';
import { TenantLink } from '../../ui/link';
import { Trouble } from '../../ui/trouble';
import { namePoints, useDays } from '../shared/figures';
import { Stat } from '../shared/stat';
import { RecentActivity } from './activity';

const DAYS = 30;
const FLEET = call('get', '/tenants/stats', { query: { days: DAYS } });

/** The fleet's figures, read again every minute. */
function useFleet() {
  return useRead(FLEET, { every: 60_000 });
}

/** The page. */
export function FleetOverview() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const read = useFleet();
  const create = can('tenants:create') && (
    <TenantLink to="/tenants/new" className={buttonClass('primary')}>
      {t('tenants.create')}
    </TenantLink>
  );
  return (
    <Page
      title={t('overview.fleet')}
      description={t('overview.fleetHelp')}
      actions={
        <>
          <CurlButton isIcon target={() => FLEET} />
          {create}
        </>
      }
    >
      {read.isError ? <Trouble error={read.error} onRetry={() => void read.refetch()} /> : <Figures read={read} />}
      <div className="mt-4">
        <RecentActivity />
      </div>
    </Page>
  );
}

function Figures({ read }: { read: ReturnType<typeof useFleet> }) {
  const { t } = useTranslation();
  const days = useDays();
  const figures = read.data?.data;
  const state = (name: string) => figures?.by_status[name];
  const created = figures?.created_per_day.reduce((sum, { count }) => sum + count, 0);
  const count = { key: 'count', label: t('places.tenants'), tone: 'accent' } as const;
  return (
    <div className="space-y-4">
      <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
        <Stat label={t('places.tenants')} value={figures?.total} to="/tenants" />
        <Stat label={t('tenants.states.active')} value={state('active')} to="/tenants" search={{ status: 'active' }} />
        <Stat
          label={t('tenants.states.suspended')}
          value={state('suspended')}
          to="/tenants"
          search={{ status: 'suspended' }}
        />
        <Stat label={t('overview.created')} value={created} note={t('overview.days', { count: DAYS })} />
      </div>
      <div className="grid gap-4 lg:grid-cols-2">
        <Plot
          title={t('overview.tenantsPerDay')}
          axis={t('plot.day')}
          kind="area"
          series={[count]}
          points={days.counts(figures?.created_per_day ?? [])}
        />
        <Plot
          title={t('overview.plans')}
          axis={t('fields.plan')}
          kind="bar"
          series={[count]}
          points={namePoints(figures?.by_plan ?? {}, (plan) => t(`tenants.plans.${plan as 'basic'}`))}
        />
        <Plot
          title={t('overview.states')}
          axis={t('fields.status')}
          kind="bar"
          series={[count]}
          points={namePoints(figures?.by_status ?? {}, (name) => t(`tenants.states.${name as 'active'}`))}
        />
        <Plot
          title={t('overview.isolations')}
          axis={t('fields.isolation')}
          kind="bar"
          series={[count]}
          points={namePoints(figures?.by_isolation ?? {}, (mode) => t(`tenants.isolations.${mode as 'pooled'}`))}
        />
      </div>
    </div>
  );
}
