/** A new client: what it is for, what it can keep to itself, where people come back to. The rest has good beginnings. */
import { call, type Schemas } from '@tenantry/sdk';
import { useState } from 'react';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { TextArea, TextField } from '../../forms/fields';
import { useForm } from '../../forms/form-state';
import { filled, ListField } from '../../forms/list-field';
import { Section, SettingsPage } from '../../templates/settings-page';
import { useGo } from '../../ui/link';
import { CardsField } from '../shared/cards-field';
import { SecretDialog } from '../shared/secret';
import { addressProblem, KINDS, PRESETS } from './model';

const EMPTY = {
  preset: 'admin' as Schemas['Preset'] | '',
  kind: 'confidential' as Schemas['ClientKind'],
  name: '',
  description: '',
  redirect_uris: [''],
  post_logout_redirect_uris: [''],
};

type Values = typeof EMPTY;

function toBody(values: Values): Schemas['NewClient'] {
  const isForPeople = values.kind !== 'machine';
  return {
    name: values.name,
    description: values.description || null,
    preset: values.preset || null,
    kind: values.kind,
    ...(isForPeople && {
      redirect_uris: filled(values.redirect_uris),
      post_logout_redirect_uris: filled(values.post_logout_redirect_uris),
    }),
  };
}

/** The page. */
export function ClientCreate() {
  const { t } = useTranslation();
  const go = useGo();
  const [made, setMade] = useState<Schemas['ClientViewWithSecret']>();
  const leave = (id: string) => go(`/clients/${id}`, { isForced: true });
  return (
    <SettingsPage title={t('clients.create')} back={{ to: '/clients', label: t('places.clients') }}>
      <Section title={t('clients.one')} help={t('clients.createHelp')}>
        <ApiForm
          defaultValues={EMPTY}
          labels={{
            preset: t('clients.preset'),
            kind: t('fields.kind'),
            name: t('fields.name'),
            description: t('fields.description'),
            redirect_uris: t('clients.redirectUris'),
            post_logout_redirect_uris: t('clients.logoutUris'),
          }}
          call={(values) => call('post', '/oauth/clients', { body: toBody(values) })}
          submitLabel={t('clients.create')}
          done={t('clients.created')}
          refresh={['/oauth/clients']}
          onDone={({ data }) => (data.client_secret ? setMade(data) : leave(data.id))}
        >
          <ClientFields />
        </ApiForm>
      </Section>
      {made?.client_secret && (
        <SecretDialog
          title={t('clients.created')}
          label={t('clients.secret')}
          secret={made.client_secret}
          help={t('clients.secretHelp', { id: made.id })}
          onClose={() => leave(made.id)}
        />
      )}
    </SettingsPage>
  );
}

function ClientFields() {
  const { t } = useTranslation();
  const { values, set } = useForm();
  const { kind } = values as Values;
  return (
    <>
      <CardsField
        name="preset"
        options={[
          ...Object.keys(PRESETS).map((each) => {
            const one = each as keyof typeof PRESETS;
            return [one, t(`clients.presets.${one}`), t(`clients.presetHelp.${one}`)] as const;
          }),
          ['', t('clients.presets.none'), t('clients.presetHelp.none')] as const,
        ]}
        onChoose={(next) => set('kind', PRESETS[next as keyof typeof PRESETS] ?? 'confidential')}
      />
      <CardsField
        name="kind"
        options={KINDS.map((each) => [each, t(`clients.kinds.${each}`), t(`clients.kindHelp.${each}`)] as const)}
      />
      <TextField name="name" isRequired />
      <TextArea name="description" />
      {kind !== 'machine' && (
        <>
          <ListField
            name="redirect_uris"
            isRequired
            placeholder="https://app.example.com/callback"
            hint={t('clients.redirectHint')}
            addLabel={t('clients.addAddress')}
            check={(line, all) => addressProblem(line, String(all.kind), t)}
          />
          <ListField
            name="post_logout_redirect_uris"
            placeholder="https://app.example.com/"
            hint={t('clients.logoutHint')}
            addLabel={t('clients.addAddress')}
            check={(line, all) => addressProblem(line, String(all.kind), t)}
          />
        </>
      )}
    </>
  );
}
