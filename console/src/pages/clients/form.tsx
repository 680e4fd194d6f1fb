/** What can be changed of a client. Its kind stays: who holds its tokens relies on it. */
import { call, type Schemas } from '@tenantry/sdk';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { ChoicesField } from '../../forms/choices-field';
import { CheckField, SelectField, TextArea, TextField } from '../../forms/fields';
import { useForm } from '../../forms/form-state';
import { ListField } from '../../forms/list-field';
import {
  addressProblem,
  type Client,
  GRANTS,
  keysProblem,
  LIFETIMES,
  lifetimeProblem,
  METHODS,
  SCOPES,
  toBody,
  toValues,
} from './model';

/** The form. */
export function ClientForm({ client, etag }: { client: Client; etag: string | undefined }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const path = { client_id: client.id };
  return (
    <ApiForm
      key={client.id}
      defaultValues={toValues(client)}
      labels={{
        name: t('fields.name'),
        description: t('fields.description'),
        ...(client.kind !== 'machine' && {
          redirect_uris: t('clients.redirectUris'),
          post_logout_redirect_uris: t('clients.logoutUris'),
          backchannel_logout_uri: t('clients.backchannelUri'),
          backchannel_logout_session_required: t('clients.backchannelSession'),
        }),
        grant_types: t('clients.grants'),
        scopes: t('clients.scopes'),
        other_scopes: t('clients.otherScopes'),
        token_endpoint_auth_method: t('clients.method'),
        jwks: t('clients.keys'),
        access_token_seconds: t('clients.lifetimes.access_token_seconds'),
        id_token_seconds: t('clients.lifetimes.id_token_seconds'),
        refresh_token_seconds: t('clients.lifetimes.refresh_token_seconds'),
        needs_consent: t('clients.needsConsent'),
      }}
      call={(values, ifMatch) => call('put', '/oauth/clients/{client_id}', { path, body: toBody(values), ifMatch })}
      versioned={{ etag, read: call('get', '/oauth/clients/{client_id}', { path }), toValues }}
      submitLabel={t('common.save')}
      done={t('common.saved')}
      refresh={['/oauth/clients', '/audit/logs']}
      isDisabled={!can('clients:update')}
    >
      <TextField name="name" isRequired />
      <TextArea name="description" />
      {client.kind !== 'machine' && <Addresses kind={client.kind} />}
      <ChoicesField
        name="grant_types"
        options={GRANTS[client.kind].map((grant) => [grant, t(`clients.grantNames.${shortOf(grant)}`), grant])}
        validate={(value) => ((value as string[]).length > 0 ? undefined : t('form.required'))}
      />
      <ChoicesField name="scopes" options={SCOPES.map((scope) => [scope, scope, t(`clients.scopeHelp.${scope}`)])} />
      <TextField name="other_scopes" hint={t('clients.otherScopesHint')} />
      {client.kind !== 'public' && <Proof methods={METHODS[client.kind]} />}
      <Lifetimes />
      {client.kind !== 'machine' && <CheckField name="needs_consent" hint={t('clients.needsConsentHint')} />}
    </ApiForm>
  );
}

/** A grant's name without what all such names begin with, as texts know it. */
function shortOf(grant: Schemas['GrantType']) {
  const names = {
    'urn:ietf:params:oauth:grant-type:token-exchange': 'token_exchange',
    'urn:ietf:params:oauth:grant-type:device_code': 'device_code',
  } as const;
  return grant in names ? names[grant as keyof typeof names] : (grant as Exclude<typeof grant, keyof typeof names>);
}

function Addresses({ kind }: { kind: Client['kind'] }) {
  const { t } = useTranslation();
  const { values } = useForm();
  const isNeeded = (values.grant_types as string[]).includes('authorization_code');
  const check = (line: string) => addressProblem(line, kind, t);
  return (
    <>
      <ListField
        name="redirect_uris"
        isRequired={isNeeded}
        hint={t('clients.redirectHint')}
        addLabel={t('clients.addAddress')}
        check={check}
      />
      <ListField
        name="post_logout_redirect_uris"
        hint={t('clients.logoutHint')}
        addLabel={t('clients.addAddress')}
        check={check}
      />
      <TextField
        name="backchannel_logout_uri"
        type="url"
        placeholder="https://app.example.com/signed-out"
        hint={t('clients.backchannelHint')}
        validate={(value) => (value ? addressProblem(String(value), 'confidential', t) : undefined)}
      />
      {Boolean(values.backchannel_logout_uri) && <CheckField name="backchannel_logout_session_required" />}
    </>
  );
}

function Proof({ methods }: { methods: (typeof METHODS)['confidential'] }) {
  const { t } = useTranslation();
  const { values } = useForm();
  return (
    <>
      <SelectField
        name="token_endpoint_auth_method"
        isRequired
        options={methods.map((method) => [method, t(`clients.methods.${method}`)])}
      />
      {values.token_endpoint_auth_method === 'private_key_jwt' && (
        <TextArea
          name="jwks"
          isRequired
          hint={t('clients.keysHint')}
          validate={(value, all) => keysProblem(value, all, t)}
        />
      )}
    </>
  );
}

function Lifetimes() {
  const { t } = useTranslation();
  return (
    <div className="grid gap-5 sm:grid-cols-3">
      {(Object.keys(LIFETIMES) as (keyof typeof LIFETIMES)[]).map((name) => {
        const [least, most] = LIFETIMES[name];
        return (
          <TextField
            key={name}
            name={name}
            type="number"
            isRequired
            hint={t('clients.seconds', { least, most })}
            validate={(value) => lifetimeProblem(value, name, t)}
          />
        );
      })}
    </div>
  );
}
