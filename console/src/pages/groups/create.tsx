/** A new group. */
import { call } from '@tenantry/sdk';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { TextArea, TextField } from '../../forms/fields';
import { Section, SettingsPage } from '../../templates/settings-page';
import { useGo } from '../../ui/link';

/** The page. */
export function GroupCreate() {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <SettingsPage title={t('groups.create')} back={{ to: '/groups', label: t('places.groups') }}>
      <Section title={t('groups.about')} help={t('groups.aboutHelp')}>
        <ApiForm
          defaultValues={{ name: '', description: '' }}
          labels={{ name: t('fields.name'), description: t('fields.description') }}
          call={({ name, description }) =>
            call('post', '/groups', { body: { name, description: description || null } })
          }
          submitLabel={t('groups.create')}
          done={t('groups.created')}
          refresh={['/groups']}
          onDone={({ data }) => go(`/groups/${data.id}`, { isForced: true })}
        >
          <TextField name="name" isRequired />
          <TextArea name="description" />
        </ApiForm>
      </Section>
    </SettingsPage>
  );
}
