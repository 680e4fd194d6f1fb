/** Where a member is signed in, and ending it. */
import { call, type Schemas } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { nameOf } from '../../app/session';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { useConfirm } from '../../ui/confirm';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { SessionList } from '../shared/session-list';

/** The card. */
export function MemberSessions({ user }: { user: Schemas['UserView'] }) {
  const { t } = useTranslation();
  const { can, session } = useTenant();
  const confirm = useConfirm();
  const path = { user_id: user.id };
  const read = useRead(call('get', '/users/{user_id}/sessions', { path }));
  const count = read.data?.data.length ?? 0;
  const endAll = can('sessions:delete') && count > 0 && (
    <Button
      size="small"
      onClick={() =>
        confirm({
          title: t('sessions.endAllTitle', { name: nameOf(user) }),
          body: t('sessions.endAllBody'),
          verb: t('sessions.endAll'),
          call: call('delete', '/users/{user_id}/sessions', { path }),
          done: t('sessions.ended'),
          refresh: ['/users'],
          isDanger: true,
        })
      }
    >
      {t('sessions.endAll')}
    </Button>
  );
  return (
    <Card title={t('sessions.title')} actions={endAll} isFlush>
      {read.isPending && (
        <div className="p-4">
          <Skeleton lines={2} />
        </div>
      )}
      {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
      {read.data && <SessionList sessions={read.data.data} current={session.session_id} />}
    </Card>
  );
}
