/** The roles that a group gives its members. */
import { call, type Schemas } from '@tenantry/sdk';
import { useAll, useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { SelectField, TextField } from '../../forms/fields';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { Belongings } from '../shared/belongings';
import { REFRESH } from './members';

type Group = Schemas['GroupView'];

/** The card. */
export function GroupRoles({ group }: { group: Group }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const read = useRead(call('get', '/groups/{group_id}/roles', { path: { group_id: group.id } }));
  const roles = read.data?.data;
  return (
    <Belongings
      title={t('places.roles')}
      help={t('groups.rolesHelp')}
      read={read}
      items={roles}
      itemId={({ id }) => id}
      line={(role) => (
        <>
          <TenantLink to={`/roles/${role.id}`} className="font-medium hover:underline">
            {role.name}
          </TenantLink>
          {role.expires_at && (
            <p className="text-xs text-ink-soft">
              {t('members.until')} <Time at={role.expires_at} isFull />
            </p>
          )}
        </>
      )}
      none={t('members.noRoles')}
      add={
        can('groups:manage') && can('roles:read')
          ? {
              label: t('members.giveRole'),
              form: (close) => <GiveForm group={group} without={(roles ?? []).map(({ id }) => id)} onDone={close} />,
            }
          : undefined
      }
      remove={
        can('groups:manage')
          ? (role) => ({
              label: t('members.takeRoleOf', { role: role.name }),
              confirmation: {
                title: t('members.takeRoleTitle', { role: role.name }),
                body: t('groups.takeRoleBody'),
                verb: t('members.takeRole'),
                call: call('delete', '/groups/{group_id}/roles/{role_id}', {
                  path: { group_id: group.id, role_id: role.id },
                }),
                done: t('common.saved'),
                refresh: REFRESH,
                isDanger: true,
              },
            })
          : undefined
      }
    />
  );
}

function GiveForm({ group, without, onDone }: { group: Group; without: readonly string[]; onDone: () => void }) {
  const { t } = useTranslation();
  const read = useAll('/roles');
  if (read.isError) {
    return <Trouble error={read.error} onRetry={() => void read.refetch()} />;
  }
  if (!read.data) {
    return <Skeleton lines={2} />;
  }
  const free = read.data.filter(({ id }) => !without.includes(id));
  if (free.length === 0) {
    return <p>{t('groups.allRoles')}</p>;
  }
  return (
    <ApiForm
      defaultValues={{ role_id: free[0]?.id ?? '', expires_at: '' }}
      labels={{ role_id: t('fields.role_id'), expires_at: t('fields.expires_at') }}
      call={({ role_id, expires_at }) =>
        call('post', '/groups/{group_id}/roles', {
          path: { group_id: group.id },
          body: { role_id, expires_at: expires_at ? new Date(expires_at).toISOString() : null },
        })
      }
      submitLabel={t('members.giveRole')}
      done={t('common.saved')}
      refresh={REFRESH}
      onDone={onDone}
    >
      <SelectField name="role_id" isRequired options={free.map(({ id, name }) => [id, name])} />
      <TextField name="expires_at" type="datetime-local" hint={t('members.untilHint')} />
    </ApiForm>
  );
}
