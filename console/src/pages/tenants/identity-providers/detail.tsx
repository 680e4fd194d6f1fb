/** One identity provider of a tenant, as an operator sees and changes it. */
import { useParams } from '@tanstack/react-router';
import { call } from '@tenantry/sdk';
import { useRead } from '../../../app/api';
import { useTenant } from '../../../app/tenant';
import { useTranslation } from '../../../app/translation';
import { ApiForm } from '../../../forms/api-form';
import { CheckField, TextField } from '../../../forms/fields';
import { useForm } from '../../../forms/form-state';
import { DetailPage } from '../../../templates/detail-page';
import { Button } from '../../../ui/button';
import { Card } from '../../../ui/card';
import { useConfirm } from '../../../ui/confirm';
import { CurlButton } from '../../../ui/curl';
import { useGo } from '../../../ui/link';
import { ProviderFacts, RegisterCard } from '../../identity-providers/about';
import { ProviderState } from '../../identity-providers/badges';
import { AddressFields, DomainsField, useProviderLabels } from '../../identity-providers/fields';
import { type IdentityProvider, isMoved, type ProviderValues, toValues } from '../../identity-providers/model';
import { toBody } from './model';
import { listOf, MANAGE, REFRESH, tenantOf, useOperatedProvider } from './read';

/** A provider and whose it is. */
interface Operated {
  tenant: string;
  provider: IdentityProvider;
}

const pathOf = ({ tenant, provider }: Operated) => ({ tenant_id: tenant, provider_id: provider.id });

/** The page. */
export function TenantProviderDetail() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const { id: tenant = '', provider: id = '' } = useParams({ strict: false }) as { id?: string; provider?: string };
  const name = useRead(tenantOf(tenant)).data?.data.name;
  return (
    <DetailPage
      read={useOperatedProvider(tenant, id)}
      back={{ to: `/tenants/${tenant}`, label: name ?? t('places.tenants') }}
      title={({ name }) => name}
      description={() => name}
      badge={({ enabled }) => <ProviderState isEnabled={enabled} />}
      actions={(provider) => (
        <>
          <CurlButton isIcon target={() => listOf(tenant)} />
          {can(MANAGE) && <SwitchButton tenant={tenant} provider={provider} />}
          {can(MANAGE) && <DeleteButton tenant={tenant} provider={provider} />}
        </>
      )}
      aside={(provider) => (
        <>
          <RegisterCard provider={provider} />
          <ProviderFacts provider={provider} isForeign />
        </>
      )}
    >
      {(provider) => (
        <Card title={t('providers.one')} description={t('operated.trail')}>
          <OperatedForm tenant={tenant} provider={provider} />
        </Card>
      )}
    </DetailPage>
  );
}

function OperatedForm({ tenant, provider }: Operated) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const path = pathOf({ tenant, provider });
  return (
    <ApiForm
      key={provider.id}
      defaultValues={toValues(provider)}
      labels={useProviderLabels()}
      call={(values) =>
        call('put', '/tenants/{tenant_id}/identity-providers/{provider_id}', { path, body: toBody(values, provider) })
      }
      // The list has no versions: this one is only for showing anew what was read anew.
      versioned={{
        etag: provider.updated_at,
        read: listOf(tenant),
        toValues: (list: IdentityProvider[]) => toValues(list.find(({ id }) => id === provider.id) ?? provider),
      }}
      submitLabel={t('common.save')}
      done={t('common.saved')}
      refresh={REFRESH}
      isDisabled={!can(MANAGE)}
    >
      <TextField name="name" isRequired hint={t('providers.nameHint')} />
      <Address provider={provider} />
      <DomainsField />
      <CheckField name="auto_provision" hint={t('providers.autoProvisionHint')} />
      <p className="text-[0.8125rem] text-ink-soft">{t('operated.limits')}</p>
    </ApiForm>
  );
}

/** Another directory needs a secret of its own. */
function Address({ provider }: { provider: IdentityProvider }) {
  const { t } = useTranslation();
  const moved = isMoved(useForm().values as ProviderValues, provider);
  return (
    <AddressFields
      kind={provider.type}
      needsSecret={moved}
      secretHint={t(moved ? 'providers.secretMoved' : 'providers.secretKept')}
      isOperated
      keepsDomain={Boolean(provider.hosted_domain)}
    />
  );
}

function SwitchButton({ tenant, provider }: Operated) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const verb = provider.enabled ? 'disable' : 'enable';
  return (
    <Button
      onClick={() =>
        confirm({
          title: t(`clients.${verb}Title`, { name: provider.name }),
          body: t(`providers.${verb}Body`),
          verb: t(`clients.${verb}`),
          call: call('put', '/tenants/{tenant_id}/identity-providers/{provider_id}', {
            path: pathOf({ tenant, provider }),
            body: { enabled: !provider.enabled },
          }),
          done: t('common.saved'),
          refresh: REFRESH,
          isDanger: provider.enabled,
        })
      }
    >
      {t(`clients.${verb}`)}
    </Button>
  );
}

function DeleteButton({ tenant, provider }: Operated) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const go = useGo();
  return (
    <Button
      onClick={() =>
        confirm({
          title: t('providers.deleteTitle', { name: provider.name }),
          body: t('providers.deleteBody'),
          verb: t('providers.delete'),
          call: call('delete', '/tenants/{tenant_id}/identity-providers/{provider_id}', {
            path: pathOf({ tenant, provider }),
          }),
          done: t('providers.deleted'),
          refresh: REFRESH,
          isDanger: true,
          word: provider.name,
          onDone: () => go(`/tenants/${tenant}`, { isForced: true }),
        })
      }
    >
      {t('providers.delete')}
    </Button>
  );
}
