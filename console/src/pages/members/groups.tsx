/** The groups that a member is in; they are changed at the group. */
import { call, type Schemas } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTranslation } from '../../app/translation';
import { TenantLink } from '../../ui/link';
import { Belongings } from '../shared/belongings';

/** The card. */
export function MemberGroups({ user }: { user: Schemas['UserView'] }) {
  const { t } = useTranslation();
  const read = useRead(call('get', '/users/{user_id}/groups', { path: { user_id: user.id } }));
  return (
    <Belongings
      title={t('places.groups')}
      read={read}
      items={read.data?.data}
      itemId={({ id }) => id}
      line={({ id, name }) => (
        <TenantLink to={`/groups/${id}`} className="font-medium hover:underline">
          {name}
        </TenantLink>
      )}
      none={t('members.noGroups')}
    />
  );
}
