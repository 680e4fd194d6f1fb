/** What can be changed of an identity provider. Its kind and its name in addresses stay: the other side relies on them. */
import { call } from '@tenantry/sdk';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { TextField } from '../../forms/fields';
import { useForm } from '../../forms/form-state';
import { ListField } from '../../forms/list-field';
import { addressProblem } from '../clients/model';
import { AddressFields, PeopleFields, useProviderLabels } from './fields';
import { type IdentityProvider, isMoved, type ProviderValues, toBody, toValues } from './model';

/** The form. */
export function ProviderForm({ provider, etag }: { provider: IdentityProvider; etag: string | undefined }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const path = { provider_id: provider.id };
  return (
    <ApiForm
      key={provider.id}
      defaultValues={toValues(provider)}
      labels={useProviderLabels()}
      call={(values, ifMatch) =>
        call('put', '/identity-providers/{provider_id}', { path, body: toBody(values, provider.type), ifMatch })
      }
      versioned={{ etag, read: call('get', '/identity-providers/{provider_id}', { path }), toValues }}
      submitLabel={t('common.save')}
      done={t('common.saved')}
      refresh={['/identity-providers', '/audit/logs']}
      isDisabled={!can('identity_providers:update')}
    >
      <TextField name="name" isRequired hint={t('providers.nameHint')} />
      <Address provider={provider} />
      <PeopleFields />
      <ListField
        name="redirect_uris"
        hint={t('providers.redirectHint')}
        addLabel={t('clients.addAddress')}
        check={(line) => addressProblem(line, 'confidential', t)}
      />
    </ApiForm>
  );
}

/** Another issuer needs a secret of its own: the present one's is not to be sent to it. */
function Address({ provider }: { provider: IdentityProvider }) {
  const { t } = useTranslation();
  const { values } = useForm();
  const moved = isMoved(values as ProviderValues, provider);
  return (
    <AddressFields
      kind={provider.type}
      needsSecret={moved}
      secretHint={t(moved ? 'providers.secretMoved' : 'providers.secretKept')}
    />
  );
}
