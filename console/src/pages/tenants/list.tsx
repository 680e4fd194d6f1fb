/** The platform's tenants, for operators. */
import { call, type Schemas } from '@tenantry/sdk';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { BulkAction, ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { Badge, toneOf } from '../../ui/badge';
import { buttonClass } from '../../ui/button';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { PLANS, TENANT_STATES } from './states';

type Tenant = Schemas['TenantView'];

function useBulk(): BulkAction<Tenant>[] {
  const { t } = useTranslation();
  const { can, session } = useTenant();
  if (!can('tenants:switch')) {
    return [];
  }
  const isOther = ({ id }: Tenant) => id !== session.tenant.id;
  return [
    {
      label: t('tenants.suspend'),
      confirm: (count) => t('tenants.suspendMany', { count }),
      call: ({ id }) => call('post', '/tenants/{tenant_id}/suspend', { path: { tenant_id: id } }),
      accepts: (tenant) => isOther(tenant) && tenant.status === 'active',
      isDanger: true,
    },
    {
      label: t('tenants.activate'),
      confirm: (count) => t('tenants.activateMany', { count }),
      call: ({ id }) => call('post', '/tenants/{tenant_id}/activate', { path: { tenant_id: id } }),
      accepts: (tenant) => isOther(tenant) && ['suspended', 'inactive'].includes(tenant.status),
    },
  ];
}

/** The page. */
export function TenantList() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const create = can('tenants:create') && (
    <TenantLink to="/tenants/new" className={buttonClass('primary')}>
      {t('tenants.create')}
    </TenantLink>
  );
  const model: ListModel<'/tenants'> = {
    id: 'tenants',
    path: '/tenants',
    title: t('places.tenants'),
    description: t('tenants.help'),
    rowId: ({ id }) => id,
    rowLink: ({ id }) => `/tenants/${id}`,
    columns: [
      { id: 'name', header: t('fields.name'), cell: ({ name }) => name },
      {
        id: 'slug',
        header: t('fields.slug'),
        from: 'md',
        cell: ({ slug }) => <code className="font-mono text-xs">{slug}</code>,
      },
      {
        id: 'status',
        header: t('fields.status'),
        cell: ({ status }) => <Badge tone={toneOf(status)}>{t(`tenants.states.${status}`)}</Badge>,
      },
      { id: 'plan', header: t('fields.plan'), from: 'md', cell: ({ plan }) => t(`tenants.plans.${plan}`) },
      {
        id: 'isolation',
        header: t('fields.isolation'),
        from: 'lg',
        cell: ({ isolation }) => t(`tenants.isolations.${isolation}`),
      },
      { id: 'created', header: t('fields.created_at'), from: 'md', cell: ({ created_at }) => <Time at={created_at} /> },
    ],
    filters: [
      { id: 'search', label: t('list.search'), kind: 'text' },
      {
        id: 'status',
        label: t('fields.status'),
        kind: 'choice',
        options: TENANT_STATES.map((state) => [state, t(`tenants.states.${state}`)]),
      },
      {
        id: 'plan',
        label: t('fields.plan'),
        kind: 'choice',
        options: PLANS.map((plan) => [plan, t(`tenants.plans.${plan}`)]),
      },
    ],
    sorts: [
      ['', t('list.newest')],
      ['created_at', t('list.oldest')],
    ],
    bulk: useBulk(),
    actions: create,
    empty: { title: t('tenants.none'), help: t('tenants.noneHelp'), action: create },
    changedBy: ['tenantry.tenant.*'],
  };
  return <ListPage model={model} />;
}
