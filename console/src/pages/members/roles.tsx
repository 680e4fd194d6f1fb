/** The roles of a member: which there are, giving one, taking one away. */
import { call, type Schemas } from '@tenantry/sdk';
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import { useAll, useRead } from '../../app/api';
import { nameOf } from '../../app/session';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { SelectField, TextField } from '../../forms/fields';
import { Button, IconButton } from '../../ui/button';
import { Card } from '../../ui/card';
import { useConfirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';

type User = Schemas['UserView'];
type Role = Schemas['RoleSummary'];

/** What is read again when roles change. */
const REFRESH = ['/users', '/audit/logs'] as const;

/** The card. */
export function MemberRoles({ user }: { user: User }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const read = useRead(call('get', '/users/{user_id}/roles', { path: { user_id: user.id } }));
  const [isGiving, setGiving] = useState(false);
  const give = can('roles:assign') && can('roles:read') && (
    <IconButton
      label={t('members.giveRole')}
      icon={<Plus aria-hidden className="size-4" />}
      className="size-7"
      onClick={() => setGiving(true)}
    />
  );
  return (
    <Card title={t('places.roles')} actions={give} isFlush>
      {read.isPending && (
        <div className="p-4">
          <Skeleton lines={2} />
        </div>
      )}
      {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
      {read.data?.data.length === 0 && <p className="p-4 text-ink-soft">{t('members.noRoles')}</p>}
      <ul className="divide-y divide-line">
        {read.data?.data.map((role) => (
          <RoleLine key={role.id} user={user} role={role} />
        ))}
      </ul>
      {isGiving && <GiveDialog user={user} held={read.data?.data ?? []} onClose={() => setGiving(false)} />}
    </Card>
  );
}

function RoleLine({ user, role }: { user: User; role: Role }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const confirm = useConfirm();
  const take = () =>
    confirm({
      title: t('members.takeRoleTitle', { role: role.name }),
      body: t('members.takeRoleBody', { name: nameOf(user) }),
      verb: t('members.takeRole'),
      call: call('delete', '/users/{user_id}/roles/{role_id}', { path: { user_id: user.id, role_id: role.id } }),
      done: t('common.saved'),
      refresh: REFRESH,
      isDanger: true,
    });
  return (
    <li className="flex items-center gap-2 px-4 py-2">
      <div className="min-w-0 flex-1">
        {can('roles:read') ? (
          <TenantLink to={`/roles/${role.id}`} className="font-medium hover:underline">
            {role.name}
          </TenantLink>
        ) : (
          <span className="font-medium">{role.name}</span>
        )}
        {role.expires_at && (
          <p className="text-xs text-ink-soft">
            {t('members.until')} <Time at={role.expires_at} isFull />
          </p>
        )}
      </div>
      {can('roles:assign') && (
        <IconButton
          label={t('members.takeRoleOf', { role: role.name })}
          icon={<X aria-hidden className="size-4" />}
          className="size-7"
          onClick={take}
        />
      )}
    </li>
  );
}

interface GiveDialogProps {
  user: User;
  held: readonly Role[];
  onClose: () => void;
}

function GiveDialog({ user, held, onClose }: GiveDialogProps) {
  const { t } = useTranslation();
  const read = useAll('/roles');
  const free = (read.data ?? []).filter(({ id }) => !held.some((role) => role.id === id));
  return (
    <Dialog title={t('members.giveRole')} onClose={onClose}>
      {read.isPending && <Skeleton lines={2} />}
      {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
      {read.data && free.length === 0 && (
        <div className="space-y-4">
          <p>{t('members.allRoles')}</p>
          <Button onClick={onClose}>{t('common.close')}</Button>
        </div>
      )}
      {free.length > 0 && (
        <ApiForm
          defaultValues={{ role_id: free[0]?.id ?? '', expires_at: '' }}
          labels={{ role_id: t('fields.role_id'), expires_at: t('fields.expires_at') }}
          call={({ role_id, expires_at }) =>
            call('post', '/users/{user_id}/roles', {
              path: { user_id: user.id },
              body: { role_id, expires_at: expires_at ? new Date(expires_at).toISOString() : null },
            })
          }
          submitLabel={t('members.giveRole')}
          done={t('common.saved')}
          refresh={REFRESH}
          onDone={onClose}
        >
          <SelectField name="role_id" isRequired options={free.map(({ id, name }) => [id, name])} />
          <TextField name="expires_at" type="datetime-local" hint={t('members.untilHint')} />
        </ApiForm>
      )}
    </Dialog>
  );
}
