/** The roles that a group gives its members. */
import { call, type Schemas } from '@tenantry/sdk';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { HeldRoles } from '../shared/held-roles';
import { REFRESH } from './members';

/** The card. */
export function GroupRoles({ group }: { group: Schemas['GroupView'] }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const path = { group_id: group.id };
  return (
    <HeldRoles
      help={t('groups.rolesHelp')}
      read={call('get', '/groups/{group_id}/roles', { path })}
      mayChange={can('groups:manage')}
      give={(body) => call('post', '/groups/{group_id}/roles', { path, body })}
      take={(role_id) => call('delete', '/groups/{group_id}/roles/{role_id}', { path: { ...path, role_id } })}
      takeBody={t('groups.takeRoleBody')}
      allHeld={t('groups.allRoles')}
      refresh={REFRESH}
    />
  );
}
