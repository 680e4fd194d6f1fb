/** Switching a tenant on and off, and deleting it. */
import { call, type Schemas } from '@tenantry/sdk';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { useConfirm } from '../../ui/confirm';

type Tenant = Schemas['TenantView'];
type Verb = 'activate' | 'deactivate' | 'suspend';

const VERBS: Record<Tenant['status'], readonly Verb[]> = {
  active: ['suspend', 'deactivate'],
  inactive: ['activate', 'suspend'],
  suspended: ['activate'],
  provisioning: [],
  deleted: [],
};

/** The buttons. The platform's own tenant cannot be switched. */
export function TenantActions({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation();
  const { can, session } = useTenant();
  const confirm = useConfirm();
  if (tenant.id === session.tenant.id) {
    return null;
  }
  const path = { tenant_id: tenant.id };
  const refresh = ['/tenants', '/audit/logs'];
  const ask = (verb: Verb) =>
    confirm({
      title: t(`tenants.${verb}Title`, { name: tenant.name }),
      body: t(`tenants.${verb}Body`),
      verb: t(`tenants.${verb}`),
      call: call('post', `/tenants/{tenant_id}/${verb}`, { path }),
      done: t(`tenants.${verb}Done`, { name: tenant.name }),
      refresh,
      isDanger: verb !== 'activate',
    });
  const askDelete = () =>
    confirm({
      title: t('tenants.deleteTitle', { name: tenant.name }),
      body: t('tenants.deleteBody'),
      verb: t('tenants.delete'),
      call: call('delete', '/tenants/{tenant_id}', { path }),
      done: t('tenants.deleteDone', { name: tenant.name }),
      refresh,
      isDanger: true,
      word: tenant.slug,
    });
  return (
    <>
      {can('tenants:switch') &&
        VERBS[tenant.status].map((verb) => (
          <Button key={verb} onClick={() => ask(verb)}>
            {t(`tenants.${verb}`)}
          </Button>
        ))}
      {can('tenants:delete') && tenant.status !== 'deleted' && (
        <Button onClick={askDelete}>{t('tenants.delete')}</Button>
      )}
    </>
  );
}
