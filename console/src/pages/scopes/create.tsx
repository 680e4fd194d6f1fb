/** A new scope: what clients ask for, what people read, what it stands for. */
import { call } from '@tenantry/sdk';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { Section, SettingsPage } from '../../templates/settings-page';
import { useGo } from '../../ui/link';
import { ScopeFields, useScopeLabels } from './fields';
import { EMPTY, fieldFor, toNewBody } from './model';

/** The page. */
export function ScopeCreate() {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <SettingsPage
      title={t('scopes.create')}
      description={t('scopes.createHelp')}
      back={{ to: '/scopes', label: t('places.scopes') }}
    >
      <Section title={t('scopes.one')} help={t('scopes.oneHelp')}>
        <ApiForm
          defaultValues={EMPTY}
          labels={useScopeLabels()}
          call={(values) => call('post', '/oauth/scopes', { body: toNewBody(values) })}
          submitLabel={t('scopes.create')}
          done={t('scopes.created')}
          refresh={['/oauth/scopes']}
          fieldFor={fieldFor}
          onDone={({ data }) => go(`/scopes/${data.id}`, { isForced: true })}
        >
          <ScopeFields isNew />
        </ApiForm>
      </Section>
    </SettingsPage>
  );
}
