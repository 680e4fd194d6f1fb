/** The applications that sign people in with this organisation, or call its API for themselves. */
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { buttonClass } from '../../ui/button';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { ClientState } from './badges';

/** The page. */
export function ClientList() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const create = can('clients:create') && (
    <TenantLink to="/clients/new" className={buttonClass('primary')}>
      {t('clients.create')}
    </TenantLink>
  );
  const model: ListModel<'/oauth/clients'> = {
    id: 'clients',
    path: '/oauth/clients',
    title: t('places.clients'),
    description: t('clients.help'),
    rowId: ({ id }) => id,
    rowLink: ({ id }) => `/clients/${id}`,
    columns: [
      { id: 'name', header: t('fields.name'), cell: ({ name }) => name },
      { id: 'kind', header: t('fields.kind'), from: 'md', cell: ({ kind }) => t(`clients.kinds.${kind}`) },
      {
        id: 'preset',
        header: t('clients.preset'),
        from: 'md',
        cell: ({ preset }) => (preset ? t(`clients.presets.${preset}`) : '—'),
      },
      { id: 'status', header: t('fields.status'), cell: ({ is_active }) => <ClientState isActive={is_active} /> },
      {
        id: 'id',
        header: t('clients.clientId'),
        from: 'lg',
        cell: ({ id }) => <code className="font-mono text-xs">{id}</code>,
      },
      { id: 'created', header: t('fields.created_at'), from: 'md', cell: ({ created_at }) => <Time at={created_at} /> },
    ],
    filters: [
      {
        id: 'is_active',
        label: t('fields.status'),
        kind: 'choice',
        options: [
          ['true', t('clients.on')],
          ['false', t('clients.off')],
        ],
      },
    ],
    actions: create,
    empty: { title: t('clients.none'), help: t('clients.noneHelp'), action: create },
    changedBy: ['tenantry.client.*'],
  };
  return <ListPage model={model} />;
}
