/** A new tenant with its first administrator. */
import { call, type Schemas } from '@tenantry/sdk';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { CheckField, SelectField, TextField } from '../../forms/fields';
import { Section, SettingsPage } from '../../templates/settings-page';
import { useGo } from '../../ui/link';
import { ISOLATIONS, PLANS } from './states';

const EMPTY = {
  name: '',
  slug: '',
  domain: '',
  domain_verified: false,
  plan: 'basic' as Schemas['Plan'],
  isolation: 'pooled' as Schemas['Isolation'],
  region: '',
  admin_email: '',
  admin_first_name: '',
  admin_last_name: '',
  admin_password: '',
};

type Values = typeof EMPTY;

/** Rows of one's own are what the enterprise tier means. */
function toBody(values: Values): Schemas['NewTenant'] {
  return {
    name: values.name,
    slug: values.slug || null,
    domain: values.domain || null,
    ...(values.domain ? { domain_verified: values.domain_verified } : {}),
    plan: values.plan,
    tier: values.isolation === 'pooled' ? 'standard' : 'enterprise',
    isolation: values.isolation,
    region: values.region || null,
    admin_email: values.admin_email,
    admin_first_name: values.admin_first_name || null,
    admin_last_name: values.admin_last_name || null,
    admin_password: values.admin_password || null,
  };
}

function useLabels() {
  const { t } = useTranslation();
  return {
    name: t('fields.name'),
    slug: t('fields.slug'),
    domain: t('fields.domain'),
    domain_verified: t('tenants.domainVerified'),
    plan: t('fields.plan'),
    isolation: t('fields.isolation'),
    region: t('fields.region'),
    admin_email: t('fields.email'),
    admin_first_name: t('fields.first_name'),
    admin_last_name: t('fields.last_name'),
    admin_password: t('fields.password'),
  };
}

/** The page. */
export function TenantCreate() {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <SettingsPage title={t('tenants.create')} back={{ to: '/tenants', label: t('places.tenants') }}>
      <Section title={t('tenants.about')} help={t('tenants.createHelp')}>
        <ApiForm
          defaultValues={EMPTY}
          labels={useLabels()}
          call={(values) => call('post', '/tenants', { body: toBody(values) })}
          submitLabel={t('tenants.create')}
          done={t('tenants.created')}
          refresh={['/tenants']}
          onDone={({ data }) => go(`/tenants/${data.id}`, { isForced: true })}
        >
          <div className="grid gap-5 sm:grid-cols-2">
            <TextField name="name" isRequired />
            <TextField name="slug" hint={t('tenants.slugHint')} />
          </div>
          <div className="grid gap-5 sm:grid-cols-2">
            <SelectField name="plan" isRequired options={PLANS.map((plan) => [plan, t(`tenants.plans.${plan}`)])} />
            <SelectField
              name="isolation"
              isRequired
              hint={t('tenants.isolationHint')}
              options={ISOLATIONS.map((mode) => [mode, t(`tenants.isolations.${mode}`)])}
            />
          </div>
          <TextField name="domain" placeholder="app.example.com" hint={t('tenants.domainHint')} />
          <CheckField name="domain_verified" hint={t('tenants.domainVerifiedHint')} />
          <TextField name="region" hint={t('tenants.regionHint')} />
          <h3 className="border-t border-line pt-5 font-semibold">{t('tenants.admin')}</h3>
          <TextField name="admin_email" type="email" isRequired />
          <div className="grid gap-5 sm:grid-cols-2">
            <TextField name="admin_first_name" />
            <TextField name="admin_last_name" />
          </div>
          <TextField
            name="admin_password"
            type="password"
            autoComplete="new-password"
            hint={t('members.passwordHint')}
          />
        </ApiForm>
      </Section>
    </SettingsPage>
  );
}
