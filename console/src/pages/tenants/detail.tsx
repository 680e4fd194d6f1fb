/** One tenant, as operators see it. */
import { useParams } from '@tanstack/react-router';
import { type Answer, call, type Schemas } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { SelectField, TextField } from '../../forms/fields';
import { DetailPage } from '../../templates/detail-page';
import { Badge, toneOf } from '../../ui/badge';
import { Card, Facts } from '../../ui/card';
import { CurlButton } from '../../ui/curl';
import { Time } from '../../ui/format';
import { History } from '../shared/history';
import { ImpersonateTenant } from '../shared/impersonate';
import { TenantActions } from './actions';
import { TenantDomains } from './domains/card';
import { TenantProviders } from './identity-providers/card';
import { PLANS } from './states';
import { TenantStats } from './stats';

type Tenant = Schemas['TenantView'];

const toValues = ({ name, slug, plan }: Tenant) => ({ name, slug, plan });

/** The page. */
export function TenantDetail() {
  const { t } = useTranslation();
  const { id } = useParams({ strict: false });
  const target = call('get', '/tenants/{tenant_id}', { path: { tenant_id: id as string } });
  return (
    <DetailPage
      read={useRead(target)}
      back={{ to: '/tenants', label: t('places.tenants') }}
      title={({ name }) => name}
      badge={({ status }) => <Badge tone={toneOf(status)}>{t(`tenants.states.${status}`)}</Badge>}
      actions={(tenant) => (
        <>
          <CurlButton isIcon target={() => target} />
          <ImpersonateTenant tenant={tenant} />
          <TenantActions tenant={tenant} />
        </>
      )}
      aside={(tenant) => <TenantFacts tenant={tenant} />}
    >
      {(tenant, answer) => (
        <>
          <TenantStats id={tenant.id} />
          <Card title={t('tenants.about')}>
            <TenantForm tenant={tenant} answer={answer} />
          </Card>
          <TenantDomains tenant={tenant} />
          {tenant.status !== 'deleted' && <TenantProviders tenant={tenant} />}
          <History type="tenant" id={tenant.id} />
        </>
      )}
    </DetailPage>
  );
}

function TenantFacts({ tenant }: { tenant: Tenant }) {
  const { t } = useTranslation();
  return (
    <Card title={t('detail.facts')}>
      <Facts
        items={[
          [
            t('fields.slug'),
            <a key="slug" href={`/console/${tenant.slug}`} className="text-accent hover:underline">
              {tenant.slug}
            </a>,
          ],
          [t('fields.tier'), t(`tenants.tiers.${tenant.tier}`)],
          [t('fields.isolation'), t(`tenants.isolations.${tenant.isolation}`)],
          [t('fields.region'), tenant.region || '—'],
          [t('fields.created_at'), <Time key="created" at={tenant.created_at} isFull />],
          [t('fields.updated_at'), <Time key="updated" at={tenant.updated_at} isFull />],
          [
            t('fields.id'),
            <code key="id" className="font-mono text-xs">
              {tenant.id}
            </code>,
          ],
        ]}
      />
    </Card>
  );
}

function TenantForm({ tenant, answer }: { tenant: Tenant; answer: Answer<Tenant> }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const path = { tenant_id: tenant.id };
  return (
    <ApiForm
      key={tenant.id}
      defaultValues={toValues(tenant)}
      labels={{ name: t('fields.name'), slug: t('fields.slug'), plan: t('fields.plan') }}
      call={(body, ifMatch) => call('put', '/tenants/{tenant_id}', { path, body, ifMatch })}
      versioned={{ etag: answer.etag, read: call('get', '/tenants/{tenant_id}', { path }), toValues }}
      submitLabel={t('common.save')}
      done={t('common.saved')}
      refresh={['/tenants', '/audit/logs']}
      isDisabled={!can('tenants:update') || tenant.status === 'deleted'}
    >
      <TextField name="name" isRequired />
      <TextField name="slug" isRequired hint={t('tenants.slugChangeHint')} />
      <SelectField name="plan" isRequired options={PLANS.map((plan) => [plan, t(`tenants.plans.${plan}`)])} />
    </ApiForm>
  );
}
