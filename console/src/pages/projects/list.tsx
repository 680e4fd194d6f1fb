/** All projects of the tenant. */
import { call } from '@tenantry/sdk';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { Badge, toneOf } from '../../ui/badge';
import { buttonClass } from '../../ui/button';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { PROJECT_STATES } from './states';

/** The page. */
export function ProjectList() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const create = can('projects:create') && (
    <TenantLink to="/projects/new" className={buttonClass('primary')}>
      {t('projects.create')}
    </TenantLink>
  );
  const model: ListModel<'/projects'> = {
    id: 'projects',
    path: '/projects',
    title: t('places.projects'),
    description: t('projects.help'),
    rowId: ({ id }) => id,
    rowLink: ({ id }) => `/projects/${id}`,
    columns: [
      { id: 'name', header: t('fields.name'), cell: ({ name }) => name },
      {
        id: 'status',
        header: t('fields.status'),
        cell: ({ status }) => <Badge tone={toneOf(status)}>{t(`projects.states.${status}`)}</Badge>,
      },
      {
        id: 'description',
        header: t('fields.description'),
        from: 'lg',
        cell: ({ description }) => <span className="line-clamp-1 max-w-md text-ink-soft">{description}</span>,
      },
      { id: 'updated', header: t('fields.updated_at'), from: 'md', cell: ({ updated_at }) => <Time at={updated_at} /> },
      { id: 'created', header: t('fields.created_at'), from: 'lg', cell: ({ created_at }) => <Time at={created_at} /> },
    ],
    filters: [
      { id: 'search', label: t('list.search'), kind: 'text', clears: ['sort'] },
      {
        id: 'status',
        label: t('fields.status'),
        kind: 'choice',
        options: PROJECT_STATES.map((state) => [state, t(`projects.states.${state}`)]),
        clears: ['sort'],
      },
    ],
    sorts: [
      ['', t('list.newest')],
      ['created_at', t('list.oldest')],
    ],
    sortClears: ['search', 'status'],
    bulk: [
      ...(can('projects:update')
        ? [
            {
              label: t('projects.archive'),
              confirm: (count: number) => t('projects.archiveMany', { count }),
              call: ({ id }: { id: string }) =>
                call('put', '/projects/{project_id}', { path: { project_id: id }, body: { status: 'archived' } }),
              accepts: ({ status }: { status: string }) => status !== 'archived',
            },
          ]
        : []),
      ...(can('projects:delete')
        ? [
            {
              label: t('projects.delete'),
              confirm: (count: number) => t('projects.deleteMany', { count }),
              call: ({ id }: { id: string }) => call('delete', '/projects/{project_id}', { path: { project_id: id } }),
              isDanger: true,
            },
          ]
        : []),
    ],
    actions: create,
    empty: { title: t('projects.none'), help: t('projects.noneHelp'), action: create },
    changedBy: ['tenantry.project.*'],
  };
  return <ListPage model={model} />;
}
