/** For a member who has lost every second factor: an administrator takes them away, and the password alone lets in again. */
import { call, type Schemas } from '@tenantry/sdk';
import { nameOf } from '../../app/session';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { useConfirm } from '../../ui/confirm';

/** The button; nobody removes their own this way. */
export function RemoveSecondFactors({ user }: { user: Schemas['UserView'] }) {
  const { t } = useTranslation();
  const { can, session } = useTenant();
  const confirm = useConfirm();
  if (!can('user_mfa:delete') || !user.mfa_enabled || user.deleted_at || user.id === session.user.id) {
    return null;
  }
  return (
    <Button
      size="small"
      onClick={() =>
        confirm({
          title: t('members.removeFactorsTitle', { name: nameOf(user) }),
          body: t('members.removeFactorsBody'),
          verb: t('members.removeFactors'),
          call: call('delete', '/users/{user_id}/mfa', { path: { user_id: user.id } }),
          done: t('members.factorsRemoved'),
          refresh: ['/users', '/audit/logs'],
          isDanger: true,
        })
      }
    >
      {t('members.removeFactors')}
    </Button>
  );
}
