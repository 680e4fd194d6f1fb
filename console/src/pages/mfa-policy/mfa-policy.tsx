/** Who must have a second factor, which ones count, and what follows from it. */
import { type Answer, call } from '@tenantry/sdk';
import { useAll, useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { ChoicesField } from '../../forms/choices-field';
import { TextField } from '../../forms/fields';
import { useForm } from '../../forms/form-state';
import { Section, SettingsPage } from '../../templates/settings-page';
import { Time } from '../../ui/format';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { CardsField } from '../shared/cards-field';
import { daysOf, KINDS, type MfaPolicy, type PolicyValues, REQUIRED, toBody, toValues } from './outlook';
import { OutlookPanel } from './outlook-panel';

const READ = call('get', '/auth/mfa/policy');

/** The page. */
export function MfaPolicyPage() {
  const { t } = useTranslation();
  const read = useRead(READ);
  return (
    <SettingsPage title={t('places.secondFactors')} description={t('mfaPolicy.help')}>
      <Section title={t('mfaPolicy.policy')} help={t('mfaPolicy.policyHelp')}>
        {read.isPending && <Skeleton lines={8} />}
        {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
        {read.data && <PolicyForm answer={read.data} />}
      </Section>
    </SettingsPage>
  );
}

function PolicyForm({ answer }: { answer: Answer<MfaPolicy> }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const { starts_at, updated_at } = answer.data;
  return (
    <>
      <ApiForm
        defaultValues={toValues(answer.data)}
        labels={{
          required: t('mfaPolicy.required'),
          role_ids: t('mfaPolicy.roles'),
          methods: t('mfaPolicy.methods'),
          grace_days: t('mfaPolicy.graceDays'),
          trusted_device_days: t('mfaPolicy.trustedDays'),
        }}
        call={(values, ifMatch) => call('put', '/auth/mfa/policy', { body: toBody(values), ifMatch })}
        versioned={{ etag: answer.etag, read: READ, toValues }}
        submitLabel={t('common.save')}
        done={t('common.saved')}
        refresh={['/auth/mfa/policy', '/auth/mfa', '/audit/logs']}
        isDisabled={!can('mfa_policy:update')}
      >
        <PolicyFields policy={answer.data} />
      </ApiForm>
      <dl className="mt-3 space-y-1 text-[0.8125rem] text-ink-soft">
        {starts_at && <Moment label={t('mfaPolicy.since')} at={starts_at} />}
        {updated_at && <Moment label={t('fields.updated_at')} at={updated_at} />}
      </dl>
    </>
  );
}

function Moment({ label, at }: { label: string; at: string }) {
  return (
    <div className="flex gap-1">
      <dt>{label}:</dt>
      <dd>
        <Time at={at} isFull />
      </dd>
    </div>
  );
}

function PolicyFields({ policy }: { policy: MfaPolicy }) {
  const { t } = useTranslation();
  const { required } = useForm().values as PolicyValues;
  const wrongKinds = (chosen: unknown) => {
    const kinds = chosen as string[];
    if (kinds.length === 0) {
      return t('mfaPolicy.wrong.kinds');
    }
    return required !== 'nobody' && !kinds.includes('totp') ? t('mfaPolicy.wrong.app') : undefined;
  };
  const wrongDays = (text: unknown) => (daysOf(text) === undefined ? t('mfaPolicy.wrong.days') : undefined);
  return (
    <>
      <CardsField
        name="required"
        options={REQUIRED.map((each) => [each, t(`mfaPolicy.modes.${each}`), t(`mfaPolicy.modeHelp.${each}`)] as const)}
      />
      {required === 'roles' && <RolesField held={policy.role_ids} />}
      <ChoicesField
        name="methods"
        hint={t('mfaPolicy.methodsHint')}
        options={KINDS.map((kind) => [kind, t(`mfaPolicy.kinds.${kind}`), t(`mfaPolicy.kindHelp.${kind}`)] as const)}
        validate={wrongKinds}
      />
      {required !== 'nobody' && (
        <TextField name="grace_days" type="number" isRequired hint={t('mfaPolicy.graceHint')} validate={wrongDays} />
      )}
      <TextField
        name="trusted_device_days"
        type="number"
        isRequired
        hint={t('mfaPolicy.trustedDaysHint')}
        validate={wrongDays}
      />
      <OutlookPanel policy={policy} />
    </>
  );
}

/** The roles to choose from; for whoever may not see them, those that were chosen. */
function RolesField({ held }: { held: readonly string[] }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const read = useAll('/roles', {}, { enabled: can('roles:read'), staleFor: 60_000 });
  if (can('roles:read') && read.isPending) {
    return <Skeleton lines={3} />;
  }
  if (read.isError) {
    return <Trouble error={read.error} onRetry={() => void read.refetch()} />;
  }
  const known = read.data ?? [];
  const gone = held.filter((id) => !known.some((role) => role.id === id));
  return (
    <ChoicesField
      name="role_ids"
      options={[
        ...known.map(({ id, name, description }) => [id, name, description ?? undefined] as const),
        ...gone.map((id) => [id, `…${id.slice(-6)}`] as const),
      ]}
      validate={(chosen) => ((chosen as string[]).length > 0 ? undefined : t('mfaPolicy.wrong.roles'))}
    />
  );
}
