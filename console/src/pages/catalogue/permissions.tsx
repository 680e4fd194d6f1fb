/** Permissions: the product's, and those that the tenant declares for its own applications. */
import { call } from '@tenantry/sdk';
import { useAll } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { TextField } from '../../forms/fields';
import { Words } from './words';

const REFRESH = ['/permissions', '/audit/logs'] as const;
const NAME = /^[a-z][a-z0-9_]*[:.][a-z][a-z0-9_]*$/;

/** The card. */
export function Permissions() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const read = useAll('/permissions');
  return (
    <Words
      title={t('fields.permissions')}
      help={t('catalogue.permissionsHelp')}
      read={read}
      items={read.data}
      none={t('catalogue.noPermissions')}
      add={
        can('roles:create')
          ? { label: t('catalogue.addPermission'), form: (close) => <PermissionForm onDone={close} /> }
          : undefined
      }
      remove={
        can('roles:delete')
          ? ({ id, name }) => ({
              label: t('catalogue.removeOf', { name }),
              confirmation: {
                title: t('catalogue.removeTitle', { name }),
                body: t('catalogue.removePermissionBody'),
                verb: t('catalogue.remove'),
                call: call('delete', '/permissions/{permission_id}', { path: { permission_id: id } }),
                done: t('catalogue.removed'),
                refresh: REFRESH,
                isDanger: true,
                word: name,
              },
            })
          : undefined
      }
    />
  );
}

function PermissionForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <ApiForm
      defaultValues={{ name: '', description: '' }}
      labels={{ name: t('fields.name'), description: t('fields.description') }}
      call={({ name, description }) =>
        call('post', '/permissions', { body: { name: name.trim(), description: description || null } })
      }
      submitLabel={t('catalogue.addPermission')}
      done={t('common.saved')}
      refresh={REFRESH}
      onDone={onDone}
    >
      <TextField
        name="name"
        isRequired
        placeholder="booking:cancel"
        hint={t('catalogue.permissionHint')}
        validate={(value) => (NAME.test(String(value).trim()) ? undefined : t('catalogue.permissionWrong'))}
      />
      <TextField name="description" />
    </ApiForm>
  );
}
