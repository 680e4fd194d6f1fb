/** The devices that a member signs in with, and removing one. */
import { call, type Schemas } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { useConfirm } from '../../ui/confirm';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { type Device, DeviceList } from '../shared/device-list';

/** The card. */
export default function MemberDevices({ user }: { user: Schemas['UserView'] }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const confirm = useConfirm();
  const read = useRead(call('get', '/users/{user_id}/devices', { path: { user_id: user.id } }));
  const revoke = ({ id, name }: Device) =>
    confirm({
      title: t('devices.revokeTitle', { name }),
      body: t('devices.revokeBody'),
      verb: t('devices.revoke'),
      call: call('delete', '/users/{user_id}/devices/{device_id}', { path: { user_id: user.id, device_id: id } }),
      done: t('devices.revoked'),
      refresh: ['/users'],
      isDanger: true,
    });
  return (
    <Card title={t('devices.title')} isFlush>
      {read.isPending && (
        <div className="p-4">
          <Skeleton lines={2} />
        </div>
      )}
      {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
      {read.data && (
        <DeviceList
          devices={read.data.data}
          actions={
            can('devices:delete')
              ? (device) => (
                  <Button
                    size="small"
                    aria-label={t('devices.revokeOf', { name: device.name })}
                    onClick={() => revoke(device)}
                  >
                    {t('devices.revoke')}
                  </Button>
                )
              : undefined
          }
        />
      )}
    </Card>
  );
}
