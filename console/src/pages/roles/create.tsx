/** A new role. */
import { call } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { SelectField, TextArea, TextField } from '../../forms/fields';
import { Section, SettingsPage } from '../../templates/settings-page';
import { useGo } from '../../ui/link';
import { FAMILIES, familyName } from './families';
import { PermissionField } from './permission-field';

type Values = {
  name: string;
  role_family: string;
  description: string;
  permissions: string[];
};

const EMPTY: Values = { name: '', role_family: 'Internal', description: '', permissions: [] };

/** The page. */
export function RoleCreate() {
  const { t } = useTranslation();
  const go = useGo();
  const families = useRead(call('get', '/role-families'), { staleFor: 300_000 });
  const names: readonly string[] = families.data?.data.map(({ name }) => name) ?? FAMILIES;
  const labels = {
    name: t('fields.name'),
    role_family: t('fields.role_family'),
    description: t('fields.description'),
    permissions: t('fields.permissions'),
  };
  return (
    <SettingsPage title={t('roles.create')} back={{ to: '/roles', label: t('places.roles') }}>
      <Section title={t('roles.about')} help={t('roles.aboutHelp')}>
        <ApiForm
          defaultValues={EMPTY}
          labels={labels}
          call={(values) => call('post', '/roles', { body: { ...values, description: values.description || null } })}
          submitLabel={t('roles.create')}
          done={t('roles.created')}
          refresh={['/roles']}
          onDone={({ data }) => go(`/roles/${data.id}`, { isForced: true })}
        >
          <TextField name="name" isRequired />
          <SelectField name="role_family" isRequired options={names.map((family) => [family, familyName(t, family)])} />
          <TextArea name="description" />
          <PermissionField name="permissions" />
        </ApiForm>
      </Section>
    </SettingsPage>
  );
}
