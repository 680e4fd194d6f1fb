/** The roles of a member, or of a service account, which is a user as far as roles go. */
import { call } from '@tenantry/sdk';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { HeldRoles } from '../shared/held-roles';

/** The card. */
export function MemberRoles({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const path = { user_id: id };
  return (
    <HeldRoles
      read={call('get', '/users/{user_id}/roles', { path })}
      mayChange={can('roles:assign')}
      give={(body) => call('post', '/users/{user_id}/roles', { path, body })}
      take={(role_id) => call('delete', '/users/{user_id}/roles/{role_id}', { path: { ...path, role_id } })}
      takeBody={t('members.takeRoleBody', { name })}
      allHeld={t('members.allRoles')}
      refresh={['/users', '/audit/logs']}
    />
  );
}
