/** A new project. */
import { call } from '@tenantry/sdk';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { TextArea, TextField } from '../../forms/fields';
import { Section, SettingsPage } from '../../templates/settings-page';
import { useGo } from '../../ui/link';

/** The page. */
export function ProjectCreate() {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <SettingsPage title={t('projects.create')} back={{ to: '/projects', label: t('places.projects') }}>
      <Section title={t('projects.about')} help={t('projects.aboutHelp')}>
        <ApiForm
          defaultValues={{ name: '', description: '' }}
          labels={{ name: t('fields.name'), description: t('fields.description') }}
          call={({ name, description }) =>
            call('post', '/projects', { body: { name, description: description || null } })
          }
          submitLabel={t('projects.create')}
          done={t('projects.created')}
          refresh={['/projects']}
          onDone={({ data }) => go(`/projects/${data.id}`, { isForced: true })}
        >
          <TextField name="name" isRequired hint={t('projects.nameHint')} />
          <TextArea name="description" />
        </ApiForm>
      </Section>
    </SettingsPage>
  );
}
