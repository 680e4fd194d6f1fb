/** Whether people make accounts for themselves here: who, from which domains, and what they get. */
import { type Answer, call, type Schemas } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { useForm } from '../../forms/form-state';
import { filled, ListField } from '../../forms/list-field';
import { Section, SettingsPage } from '../../templates/settings-page';
import { CopyButton } from '../../ui/curl';
import { Time } from '../../ui/format';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { useIssuer } from '../clients/issuer';
import { domainProblem } from '../identity-providers/model';
import { CardsField } from '../shared/cards-field';

type Policy = Schemas['RegistrationPolicyView'];
type Mode = Policy['mode'];

const READ = call('get', '/registration-policy');
const MODES = ['off', 'domains', 'approval', 'open'] as const satisfies readonly Mode[];
const ROLES = ['customer', 'user'] as const satisfies readonly Policy['default_role'][];

const toValues = ({ mode, allowed_domains, default_role }: Policy) => ({
  mode: mode as string,
  allowed_domains,
  default_role: default_role as string,
});

/** The page. */
export function Registration() {
  const { t } = useTranslation();
  const read = useRead(READ);
  return (
    <SettingsPage title={t('places.registration')} description={t('registration.help')}>
      <Section title={t('registration.policy')} help={t('registration.policyHelp')}>
        {read.isPending && <Skeleton lines={6} />}
        {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
        {read.data && <PolicyForm answer={read.data} />}
      </Section>
      {read.data && read.data.data.mode !== 'off' && (
        <Section title={t('registration.page')} help={t('registration.pageHelp')}>
          <PageAddress />
        </Section>
      )}
    </SettingsPage>
  );
}

function PolicyForm({ answer }: { answer: Answer<Policy> }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const { updated_at } = answer.data;
  return (
    <>
      <ApiForm
        defaultValues={toValues(answer.data)}
        labels={{
          mode: t('registration.mode'),
          allowed_domains: t('registration.domains'),
          default_role: t('providers.defaultRole'),
        }}
        call={({ mode, allowed_domains, default_role }, ifMatch) =>
          call('put', '/registration-policy', {
            body: {
              mode: mode as Mode,
              allowed_domains: filled(allowed_domains),
              default_role: default_role as Policy['default_role'],
            },
            ifMatch,
          })
        }
        versioned={{ etag: answer.etag, read: READ, toValues }}
        submitLabel={t('common.save')}
        done={t('common.saved')}
        refresh={['/registration-policy', '/audit/logs']}
        isDisabled={!can('registration:update')}
      >
        <PolicyFields />
      </ApiForm>
      {updated_at && (
        <p className="mt-3 text-[0.8125rem] text-ink-soft">
          {t('fields.updated_at')}: <Time at={updated_at} isFull />
        </p>
      )}
    </>
  );
}

function PolicyFields() {
  const { t } = useTranslation();
  const { values } = useForm();
  const mode = values.mode as Mode;
  return (
    <>
      <CardsField
        name="mode"
        options={MODES.map(
          (each) => [each, t(`registration.modes.${each}`), t(`registration.modeHelp.${each}`)] as const,
        )}
      />
      {(mode === 'domains' || mode === 'approval') && (
        <ListField
          name="allowed_domains"
          isRequired={mode === 'domains'}
          placeholder="example.com"
          hint={t(mode === 'domains' ? 'registration.domainsHint' : 'registration.approvalHint')}
          addLabel={t('providers.addDomain')}
          check={(line) => domainProblem(line, t)}
        />
      )}
      {mode !== 'off' && (
        <CardsField
          name="default_role"
          options={ROLES.map(
            (role) => [role, t(`registration.roles.${role}`), t(`registration.roleHelp.${role}`)] as const,
          )}
        />
      )}
    </>
  );
}

/** Where people make their accounts. */
function PageAddress() {
  const { t } = useTranslation();
  const read = useIssuer();
  if (read.isError) {
    return <Trouble error={read.error} onRetry={() => void read.refetch()} />;
  }
  if (!read.data) {
    return <Skeleton lines={1} />;
  }
  const address = `${read.data.issuer}/register`;
  return (
    <p className="flex items-center gap-1">
      <a href={address} target="_blank" rel="noreferrer" className="min-w-0 text-accent underline underline-offset-2">
        <code className="font-mono text-xs break-all">{address}</code>
      </a>
      <CopyButton text={address} label={t('clients.copyOf', { name: t('registration.page') })} />
    </p>
  );
}
