/** An identity provider that an operator sets up for a tenant. */
import { useParams } from '@tanstack/react-router';
import { call } from '@tenantry/sdk';
import { useRead } from '../../../app/api';
import { useTranslation } from '../../../app/translation';
import { ApiForm } from '../../../forms/api-form';
import { CheckField, TextField } from '../../../forms/fields';
import { useForm } from '../../../forms/form-state';
import { Section, SettingsPage } from '../../../templates/settings-page';
import { useGo } from '../../../ui/link';
import { Skeleton } from '../../../ui/skeleton';
import { Trouble } from '../../../ui/trouble';
import { AddressFields, DomainsField, useProviderLabels } from '../../identity-providers/fields';
import { EMPTY, type NewProviderValues } from '../../identity-providers/model';
import { CardsField } from '../../shared/cards-field';
import { OPERATED_KINDS, toNewBody } from './model';
import { REFRESH, tenantOf } from './read';

/** The page. */
export function TenantProviderCreate() {
  const { t } = useTranslation();
  const go = useGo();
  const { id = '' } = useParams({ strict: false }) as { id?: string };
  const read = useRead(tenantOf(id));
  const name = read.data?.data.name ?? '…';
  const path = { tenant_id: id };
  const { slug: _slug, issuer: _issuer, ...labels } = useProviderLabels();
  return (
    <SettingsPage
      title={t('operated.createTitle', { name })}
      description={t('operated.createHelp')}
      back={{ to: `/tenants/${id}`, label: name }}
    >
      <Section title={t('providers.one')} help={t('operated.trail')}>
        {read.isPending && <Skeleton lines={6} />}
        {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
        {read.data && (
          <ApiForm
            defaultValues={EMPTY}
            labels={labels}
            call={(values) =>
              values.type === 'google'
                ? call('post', '/tenants/{tenant_id}/identity-providers/google', { path, body: toNewBody(values) })
                : call('post', '/tenants/{tenant_id}/identity-providers/microsoft', { path, body: toNewBody(values) })
            }
            submitLabel={t('providers.create')}
            done={t('providers.created')}
            refresh={REFRESH}
            onDone={({ data }) => go(`/tenants/${id}/identity-providers/${data.id}`, { isForced: true })}
          >
            <NewFields />
          </ApiForm>
        )}
      </Section>
    </SettingsPage>
  );
}

function NewFields() {
  const { t } = useTranslation();
  const { type } = useForm().values as NewProviderValues;
  return (
    <>
      <CardsField
        name="type"
        options={OPERATED_KINDS.map(
          (kind) => [kind, t(`providers.kinds.${kind}`), t(`providers.kindHelp.${kind}`)] as const,
        )}
      />
      <TextField name="name" hint={t('providers.nameHint')} placeholder={t(`providers.names.${type}`)} />
      <AddressFields kind={type} needsSecret secretHint={t('providers.secretHint')} isOperated />
      <DomainsField />
      <CheckField name="auto_provision" hint={t('providers.autoProvisionHint')} />
      <CheckField name="enabled" hint={t('providers.enabledHint')} />
    </>
  );
}
