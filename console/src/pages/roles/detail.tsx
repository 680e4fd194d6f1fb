/** One role: what it grants. System roles are shown and cannot be changed. */
import { useParams } from '@tanstack/react-router';
import { type Answer, call, type Schemas } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { TextArea, TextField } from '../../forms/fields';
import { DetailPage } from '../../templates/detail-page';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Card, Facts } from '../../ui/card';
import { useConfirm } from '../../ui/confirm';
import { CurlButton } from '../../ui/curl';
import { Time } from '../../ui/format';
import { useGo } from '../../ui/link';
import { History } from '../shared/history';
import { familyName } from './families';
import { PermissionField, PermissionTable } from './permission-field';

type Role = Schemas['RoleView'];

const toValues = (role: Role) => ({
  name: role.name,
  description: role.description ?? '',
  permissions: [...(role.permissions ?? [])].sort(),
});

/** The page. */
export function RoleDetail() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const { id } = useParams({ strict: false });
  const target = call('get', '/roles/{role_id}', { path: { role_id: id as string } });
  return (
    <DetailPage
      read={useRead(target)}
      back={{ to: '/roles', label: t('places.roles') }}
      title={({ name }) => name}
      description={({ description }) => description}
      badge={({ is_system }) => (
        <Badge tone={is_system ? 'neutral' : 'info'}>{t(is_system ? 'roles.system' : 'roles.custom')}</Badge>
      )}
      actions={(role) => (
        <>
          <CurlButton isIcon target={() => target} />
          <DeleteButton role={role} />
        </>
      )}
      aside={(role) => (
        <Card title={t('detail.facts')}>
          <Facts
            items={[
              [t('fields.role_family'), familyName(t, role.role_family)],
              [t('fields.created_at'), <Time key="created" at={role.created_at} isFull />],
              [t('fields.updated_at'), <Time key="updated" at={role.updated_at} isFull />],
              [
                t('fields.id'),
                <code key="id" className="font-mono text-xs">
                  {role.id}
                </code>,
              ],
            ]}
          />
        </Card>
      )}
    >
      {(role, answer) => (
        <>
          {role.is_system || !can('roles:update') ? (
            <Card title={t('fields.permissions')} description={role.is_system ? t('roles.systemHelp') : undefined}>
              <PermissionTable granted={role.permissions ?? []} />
            </Card>
          ) : (
            <Card title={t('roles.about')}>
              <RoleForm role={role} answer={answer} />
            </Card>
          )}
          <History type="role" id={role.id} />
        </>
      )}
    </DetailPage>
  );
}

function RoleForm({ role, answer }: { role: Role; answer: Answer<Role> }) {
  const { t } = useTranslation();
  const path = { role_id: role.id };
  return (
    <ApiForm
      key={role.id}
      defaultValues={toValues(role)}
      labels={{ name: t('fields.name'), description: t('fields.description'), permissions: t('fields.permissions') }}
      call={(values, ifMatch) =>
        call('put', '/roles/{role_id}', { path, body: { ...values, description: values.description || null }, ifMatch })
      }
      versioned={{ etag: answer.etag, read: call('get', '/roles/{role_id}', { path }), toValues }}
      submitLabel={t('common.save')}
      done={t('common.saved')}
      refresh={['/roles', '/audit/logs']}
    >
      <TextField name="name" isRequired />
      <TextArea name="description" />
      <PermissionField name="permissions" />
    </ApiForm>
  );
}

function DeleteButton({ role }: { role: Role }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const confirm = useConfirm();
  const go = useGo();
  if (role.is_system || !can('roles:delete')) {
    return null;
  }
  return (
    <Button
      onClick={() =>
        confirm({
          title: t('roles.deleteTitle', { name: role.name }),
          body: t('roles.deleteBody'),
          verb: t('roles.delete'),
          call: call('delete', '/roles/{role_id}', { path: { role_id: role.id } }),
          done: t('roles.deleted'),
          refresh: ['/roles'],
          isDanger: true,
          word: role.name,
          onDone: () => go('/roles', { isForced: true }),
        })
      }
    >
      {t('roles.delete')}
    </Button>
  );
}
