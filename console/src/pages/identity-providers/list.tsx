/** The accounts that others keep, with which people of this organisation may sign in. */
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { buttonClass } from '../../ui/button';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { ProviderState } from './badges';

/** The page. */
export function IdentityProviderList() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const create = can('identity_providers:create') && (
    <TenantLink to="/identity-providers/new" className={buttonClass('primary')}>
      {t('providers.create')}
    </TenantLink>
  );
  const model: ListModel<'/identity-providers'> = {
    id: 'identityProviders',
    path: '/identity-providers',
    title: t('places.identityProviders'),
    description: t('providers.help'),
    rowId: ({ id }) => id,
    rowLink: ({ id }) => `/identity-providers/${id}`,
    isPaged: false,
    columns: [
      { id: 'name', header: t('fields.name'), cell: ({ name }) => name },
      { id: 'kind', header: t('fields.kind'), from: 'md', cell: ({ type }) => t(`providers.kinds.${type}`) },
      { id: 'status', header: t('fields.status'), cell: ({ enabled }) => <ProviderState isEnabled={enabled} /> },
      {
        id: 'domains',
        header: t('providers.emailDomains'),
        from: 'md',
        cell: ({ email_domains }) => (
          <span className="line-clamp-1 max-w-60 break-all text-ink-soft">{email_domains.join(', ') || '—'}</span>
        ),
      },
      {
        id: 'provisioning',
        header: t('providers.newPeople'),
        from: 'lg',
        cell: ({ auto_provision }) => t(auto_provision ? 'providers.made' : 'providers.notMade'),
      },
      { id: 'created', header: t('fields.created_at'), from: 'lg', cell: ({ created_at }) => <Time at={created_at} /> },
    ],
    actions: create,
    empty: { title: t('providers.none'), help: t('providers.noneHelp'), action: create },
    changedBy: ['tenantry.identity_provider.*'],
  };
  return <ListPage model={model} />;
}
