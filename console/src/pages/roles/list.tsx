/** The tenant's roles. */

import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { Badge } from '../../ui/badge';
import { buttonClass } from '../../ui/button';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { familyName } from './families';

/** The page. */
export function RoleList() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const create = can('roles:create') && (
    <TenantLink to="/roles/new" className={buttonClass('primary')}>
      {t('roles.create')}
    </TenantLink>
  );
  const model: ListModel<'/roles'> = {
    id: 'roles',
    path: '/roles',
    title: t('places.roles'),
    description: t('roles.help'),
    rowId: ({ id }) => id,
    rowLink: ({ id }) => `/roles/${id}`,
    columns: [
      { id: 'name', header: t('fields.name'), cell: ({ name }) => name },
      {
        id: 'description',
        header: t('fields.description'),
        from: 'md',
        cell: ({ description }) => <span className="line-clamp-1 max-w-lg text-ink-soft">{description}</span>,
      },
      { id: 'family', header: t('fields.role_family'), cell: ({ role_family }) => familyName(t, role_family) },
      {
        id: 'kind',
        header: t('fields.kind'),
        cell: ({ is_system }) => (
          <Badge tone={is_system ? 'neutral' : 'info'}>{t(is_system ? 'roles.system' : 'roles.custom')}</Badge>
        ),
      },
      { id: 'updated', header: t('fields.updated_at'), from: 'lg', cell: ({ updated_at }) => <Time at={updated_at} /> },
    ],
    filters: [
      { id: 'name', label: t('list.exactName'), kind: 'text' },
      {
        id: 'is_system',
        label: t('fields.kind'),
        kind: 'choice',
        options: [
          ['true', t('roles.system')],
          ['false', t('roles.custom')],
        ],
      },
    ],
    sorts: [
      ['', t('list.oldest')],
      ['-created_at', t('list.newest')],
    ],
    actions: (
      <>
        <TenantLink to="/roles/matrix" className={buttonClass()}>
          {t('matrix.open')}
        </TenantLink>
        {create}
      </>
    ),
    empty: { title: t('roles.none'), help: t('roles.noneHelp'), action: create },
    changedBy: ['tenantry.role.*'],
  };
  return <ListPage model={model} />;
}
