/** A new identity provider: whose it is, what is known of it there, and who comes in by it. */
import { call } from '@tenantry/sdk';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { CheckField, TextField } from '../../forms/fields';
import { useForm } from '../../forms/form-state';
import { Section, SettingsPage } from '../../templates/settings-page';
import { CopyButton } from '../../ui/curl';
import { useGo } from '../../ui/link';
import { useIssuer } from '../clients/issuer';
import { CardsField } from '../shared/cards-field';
import { AddressFields, PeopleFields, useProviderLabels } from './fields';
import { callbackOf, EMPTY, KINDS, type NewProviderValues, slugProblem, toNewBody } from './model';

/** The page. */
export function IdentityProviderCreate() {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <SettingsPage
      title={t('providers.create')}
      description={t('providers.createHelp')}
      back={{ to: '/identity-providers', label: t('places.identityProviders') }}
    >
      <Section title={t('providers.one')} help={t('providers.oneHelp')}>
        <ApiForm
          defaultValues={EMPTY}
          labels={useProviderLabels()}
          call={(values) => call('post', '/identity-providers', { body: toNewBody(values) })}
          submitLabel={t('providers.create')}
          done={t('providers.created')}
          refresh={['/identity-providers']}
          onDone={({ data }) => go(`/identity-providers/${data.id}`, { isForced: true })}
        >
          <NewFields />
        </ApiForm>
      </Section>
    </SettingsPage>
  );
}

function NewFields() {
  const { t } = useTranslation();
  const { values } = useForm();
  const { type } = values as NewProviderValues;
  return (
    <>
      <CardsField
        name="type"
        options={KINDS.map((kind) => [kind, t(`providers.kinds.${kind}`), t(`providers.kindHelp.${kind}`)] as const)}
      />
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField name="name" hint={t('providers.nameHint')} placeholder={t(`providers.names.${type}`)} />
        <TextField
          name="slug"
          hint={t('providers.slugHint')}
          placeholder={type}
          validate={(value) => slugProblem(String(value), t)}
        />
      </div>
      <Callback />
      <AddressFields kind={type} needsSecret secretHint={t('providers.secretHint')} />
      <PeopleFields />
      <CheckField name="enabled" hint={t('providers.enabledHint')} />
    </>
  );
}

/** What to register there, as it will be: some providers ask for it before they give a client id. */
function Callback() {
  const { t } = useTranslation();
  const { values } = useForm();
  const { type, slug } = values as NewProviderValues;
  const issuer = useIssuer().data?.issuer;
  if (!issuer) {
    return null;
  }
  const address = callbackOf(issuer, type, slug);
  return (
    <div className="rounded-md bg-sunken px-3 py-2">
      <p className="text-[0.8125rem] text-ink-soft">{t('providers.callbackHelp')}</p>
      <p className="flex items-center gap-1">
        <code className="min-w-0 flex-1 font-mono text-xs break-all">{address}</code>
        <CopyButton text={address} label={t('clients.copyOf', { name: t('providers.callback') })} />
      </p>
    </div>
  );
}
