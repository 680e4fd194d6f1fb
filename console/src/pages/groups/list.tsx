/** The tenant's groups. */
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { buttonClass } from '../../ui/button';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';

/** The page. */
export function GroupList() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const create = can('groups:create') && (
    <TenantLink to="/groups/new" className={buttonClass('primary')}>
      {t('groups.create')}
    </TenantLink>
  );
  const model: ListModel<'/groups'> = {
    id: 'groups',
    path: '/groups',
    title: t('places.groups'),
    description: t('groups.help'),
    rowId: ({ id }) => id,
    rowLink: ({ id }) => `/groups/${id}`,
    columns: [
      { id: 'name', header: t('fields.name'), cell: ({ name }) => name },
      {
        id: 'description',
        header: t('fields.description'),
        from: 'md',
        cell: ({ description }) => <span className="line-clamp-1 max-w-lg text-ink-soft">{description ?? '—'}</span>,
      },
      { id: 'created', header: t('fields.created_at'), cell: ({ created_at }) => <Time at={created_at} /> },
      { id: 'updated', header: t('fields.updated_at'), from: 'lg', cell: ({ updated_at }) => <Time at={updated_at} /> },
    ],
    filters: [{ id: 'name', label: t('list.exactName'), kind: 'text' }],
    sorts: [
      ['', t('list.oldest')],
      ['-created_at', t('list.newest')],
    ],
    actions: create,
    empty: { title: t('groups.none'), help: t('groups.noneHelp'), action: create },
    changedBy: ['tenantry.group.*'],
  };
  return <ListPage model={model} />;
}
