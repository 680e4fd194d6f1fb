/** The scopes of the tenant's own. */
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { buttonClass } from '../../ui/button';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';

/** The page. */
export function ScopeList() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const create = can('oauth_scopes:create') && (
    <TenantLink to="/scopes/new" className={buttonClass('primary')}>
      {t('scopes.create')}
    </TenantLink>
  );
  const model: ListModel<'/oauth/scopes'> = {
    id: 'scopes',
    path: '/oauth/scopes',
    title: t('places.scopes'),
    description: t('scopes.help'),
    rowId: ({ id }) => id,
    rowLink: ({ id }) => `/scopes/${id}`,
    isPaged: false,
    columns: [
      {
        id: 'name',
        header: t('fields.name'),
        cell: ({ name }) => <code className="font-mono text-xs break-all">{name}</code>,
      },
      { id: 'description', header: t('fields.description'), cell: ({ description }) => description },
      {
        id: 'claims',
        header: t('scopes.claims'),
        from: 'md',
        isNumber: true,
        cell: ({ claims }) => Object.keys(claims).length,
      },
      {
        id: 'in_id_token',
        header: t('scopes.inIdToken'),
        from: 'lg',
        cell: ({ in_id_token }) => t(in_id_token ? 'common.yes' : 'common.no'),
      },
      { id: 'created', header: t('fields.created_at'), from: 'lg', cell: ({ created_at }) => <Time at={created_at} /> },
    ],
    actions: create,
    empty: { title: t('scopes.none'), help: t('scopes.noneHelp'), action: create },
    changedBy: ['tenantry.oauth_scope.*'],
  };
  return <ListPage model={model} />;
}
