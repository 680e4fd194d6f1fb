/** One's own organisation at a glance; each part only for those who may see it. */
import { call } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { nameOf } from '../../app/session';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Plot } from '../../plots/plot';
import { Page } from '../../templates/page';
import { Card } from '../../ui/card';
import { TenantLink } from '../../ui/link';
import { Trouble } from '../../ui/trouble';
import { namePoints, useDays } from '../shared/figures';
import { Stat } from '../shared/stat';
import { RecentActivity } from './activity';

const query = { days: 30 } as const;

/** The figures that the user may see. */
function useFigures() {
  const { can } = useTenant();
  return {
    users: useRead(call('get', '/users/stats', { query }), { enabled: can('users:read') }),
    projects: useRead(call('get', '/projects/stats', { query }), { enabled: can('projects:read') }),
    audit: useRead(call('get', '/audit/stats', { query }), { enabled: can('audit:read') }),
  };
}

/** The page. */
export function TenantOverview() {
  const { t } = useTranslation();
  const { session, can } = useTenant();
  const figures = useFigures();
  const failed = Object.values(figures).find((read) => read.isError);
  const hasNothing = !can('users:read') && !can('projects:read') && !can('audit:read');
  return (
    <Page title={session.tenant.name} description={t('overview.welcome', { name: nameOf(session.user) })}>
      {failed && <Trouble error={failed.error} onRetry={() => void failed.refetch()} />}
      {hasNothing && (
        <Card title={t('overview.nothing')}>
          <p className="text-ink-soft">{t('overview.nothingHelp')}</p>
          <TenantLink to="/account" className="mt-3 inline-block text-accent hover:underline">
            {t('places.account')}
          </TenantLink>
        </Card>
      )}
      {!failed && <Tiles {...figures} />}
      {!failed && <Plots {...figures} />}
      <div className="mt-4">
        <RecentActivity />
      </div>
    </Page>
  );
}

type Figures = ReturnType<typeof useFigures>;

function Tiles({ users, projects, audit }: Figures) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const people = users.data?.data;
  const work = projects.data?.data;
  const note = t('overview.days', { count: query.days });
  const refused = audit.data?.data.per_day.reduce((sum, day) => sum + day.refused, 0);
  return (
    <div className="grid grid-cols-2 gap-3 lg:grid-cols-4">
      {can('users:read') && (
        <Stat
          label={t('places.members')}
          value={people?.total}
          note={people && t('overview.active', { count: people.by_status.active ?? 0 })}
          to="/members"
        />
      )}
      {can('projects:read') && (
        <Stat
          label={t('places.projects')}
          value={work?.total}
          note={work && t('overview.active', { count: work.by_status.active ?? 0 })}
          to="/projects"
        />
      )}
      {can('audit:read') && (
        <>
          <Stat label={t('overview.actions')} value={audit.data?.data.total} note={note} to="/audit" />
          <Stat label={t('overview.refused')} value={refused} note={note} to="/audit" search={{ outcome: 'refused' }} />
        </>
      )}
    </div>
  );
}

function Plots({ users, projects, audit }: Figures) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const days = useDays();
  return (
    <div className="mt-4 grid gap-4 lg:grid-cols-2">
      {can('audit:read') && (
        <Plot
          title={t('overview.actionsPerDay')}
          axis={t('plot.day')}
          kind="area"
          series={[
            { key: 'success', label: t('audit.outcomes.success'), tone: 'accent' },
            { key: 'refused', label: t('audit.outcomes.refused'), tone: 'danger' },
          ]}
          points={days.trail(audit.data?.data.per_day ?? [])}
        />
      )}
      {can('users:read') && (
        <Plot
          title={t('overview.membersPerDay')}
          axis={t('plot.day')}
          kind="area"
          series={[{ key: 'count', label: t('places.members'), tone: 'accent' }]}
          points={days.counts(users.data?.data.created_per_day ?? [])}
        />
      )}
      {can('projects:read') && (
        <>
          <Plot
            title={t('overview.projectsPerDay')}
            axis={t('plot.day')}
            kind="area"
            series={[{ key: 'count', label: t('places.projects'), tone: 'accent' }]}
            points={days.counts(projects.data?.data.created_per_day ?? [])}
          />
          <Plot
            title={t('overview.projectStates')}
            axis={t('fields.status')}
            kind="bar"
            series={[{ key: 'count', label: t('places.projects'), tone: 'accent' }]}
            points={namePoints(projects.data?.data.by_status ?? {}, (state) =>
              t(`projects.states.${state as 'active'}`),
            )}
          />
        </>
      )}
    </div>
  );
}
