/** Role families: what roles are for. */
import { call } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { TextField } from '../../forms/fields';
import { Words } from './words';

const REFRESH = ['/role-families', '/audit/logs'] as const;

/** The card. */
export function Families() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const read = useRead(call('get', '/role-families'));
  return (
    <Words
      title={t('catalogue.families')}
      help={t('catalogue.familiesHelp')}
      read={read}
      items={read.data?.data}
      none={t('catalogue.noFamilies')}
      add={
        can('roles:create')
          ? { label: t('catalogue.addFamily'), form: (close) => <FamilyForm onDone={close} /> }
          : undefined
      }
      remove={
        can('roles:delete')
          ? ({ id, name }) => ({
              label: t('catalogue.removeOf', { name }),
              confirmation: {
                title: t('catalogue.removeTitle', { name }),
                body: t('catalogue.removeFamilyBody'),
                verb: t('catalogue.remove'),
                call: call('delete', '/role-families/{family_id}', { path: { family_id: id } }),
                done: t('catalogue.removed'),
                refresh: REFRESH,
                isDanger: true,
              },
            })
          : undefined
      }
    />
  );
}

function FamilyForm({ onDone }: { onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <ApiForm
      defaultValues={{ name: '', description: '' }}
      labels={{ name: t('fields.name'), description: t('fields.description') }}
      call={({ name, description }) =>
        call('post', '/role-families', { body: { name: name.trim(), description: description || null } })
      }
      submitLabel={t('catalogue.addFamily')}
      done={t('common.saved')}
      refresh={REFRESH}
      onDone={onDone}
    >
      <TextField name="name" isRequired />
      <TextField name="description" />
    </ApiForm>
  );
}
