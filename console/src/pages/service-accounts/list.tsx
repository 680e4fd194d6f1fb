/** Programs that work in this organisation under a name of their own. */
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { Badge, toneOf } from '../../ui/badge';
import { buttonClass } from '../../ui/button';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';

/** The page. */
export function ServiceAccountList() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const create = can('service_accounts:create') && (
    <TenantLink to="/service-accounts/new" className={buttonClass('primary')}>
      {t('serviceAccounts.create')}
    </TenantLink>
  );
  const model: ListModel<'/service-accounts'> = {
    id: 'serviceAccounts',
    path: '/service-accounts',
    title: t('places.serviceAccounts'),
    description: t('serviceAccounts.help'),
    rowId: ({ id }) => id,
    rowLink: ({ id }) => `/service-accounts/${id}`,
    columns: [
      { id: 'name', header: t('fields.name'), cell: ({ name }) => name },
      {
        id: 'description',
        header: t('fields.description'),
        from: 'md',
        cell: ({ description }) => <span className="line-clamp-1 max-w-lg text-ink-soft">{description ?? '—'}</span>,
      },
      {
        id: 'status',
        header: t('fields.status'),
        cell: ({ status }) => <Badge tone={toneOf(status)}>{t(`members.states.${status}`)}</Badge>,
      },
      { id: 'created', header: t('fields.created_at'), from: 'md', cell: ({ created_at }) => <Time at={created_at} /> },
    ],
    actions: create,
    empty: { title: t('serviceAccounts.none'), help: t('serviceAccounts.noneHelp'), action: create },
    changedBy: ['tenantry.service_account.*'],
  };
  return <ListPage model={model} />;
}
