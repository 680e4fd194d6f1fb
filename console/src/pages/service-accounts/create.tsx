/** A new service account; roles and keys are added on its page. */
import { call } from '@tenantry/sdk';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { TextArea, TextField } from '../../forms/fields';
import { Section, SettingsPage } from '../../templates/settings-page';
import { useGo } from '../../ui/link';

/** The page. */
export function ServiceAccountCreate() {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <SettingsPage
      title={t('serviceAccounts.create')}
      back={{ to: '/service-accounts', label: t('places.serviceAccounts') }}
    >
      <Section title={t('serviceAccounts.one')} help={t('serviceAccounts.createHelp')}>
        <ApiForm
          defaultValues={{ name: '', description: '' }}
          labels={{ name: t('fields.name'), description: t('fields.description') }}
          call={({ name, description }) =>
            call('post', '/service-accounts', { body: { name, description: description || null } })
          }
          submitLabel={t('serviceAccounts.create')}
          done={t('serviceAccounts.created')}
          refresh={['/service-accounts']}
          onDone={({ data }) => go(`/service-accounts/${data.id}`, { isForced: true })}
        >
          <TextField name="name" isRequired />
          <TextArea name="description" />
        </ApiForm>
      </Section>
    </SettingsPage>
  );
}
