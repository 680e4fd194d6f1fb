/** One's own devices: which this one is, their names, which stand for the second factor, and removing them. */
import { type Call, call } from '@tenantry/sdk';
import { useState } from 'react';
import { useRead } from '../../app/api';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { useConfirm } from '../../ui/confirm';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { type Device, DeviceList, isTrusted } from '../shared/device-list';
import { NameDialog } from './name-dialog';
import { useProven } from './proof';

const REFRESH = ['/users/me/devices', '/users/me/sessions', '/auth/security-events'] as const;

/** The list. Trust makes sense to whoever is asked for a second factor. */
export function OwnDevices({ mayTrust }: { mayTrust: boolean }) {
  const { t } = useTranslation();
  const read = useRead(call('get', '/users/me/devices'));
  if (read.isPending) {
    return <Skeleton lines={3} />;
  }
  if (read.isError) {
    return <Trouble error={read.error} onRetry={() => void read.refetch()} />;
  }
  return (
    <div className="rounded-lg border border-line bg-surface">
      {read.data.data.length === 0 && <p className="p-4 text-ink-soft">{t('devices.none')}</p>}
      {read.data.data.length > 0 && (
        <DeviceList
          devices={read.data.data}
          isOwn
          actions={(device) => <Actions device={device} mayTrust={mayTrust} />}
        />
      )}
    </div>
  );
}

function Actions({ device, mayTrust }: { device: Device; mayTrust: boolean }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const send = useProven();
  const [isRenaming, setRenaming] = useState(false);
  const { name } = device;
  const path = { device_id: device.id };
  const ask = (verb: 'trust' | 'distrust' | 'revoke', target: Call) =>
    confirm({
      title: t(`devices.${verb}Title`, { name }),
      body: verb === 'revoke' && device.is_current ? t('devices.revokeCurrent') : t(`devices.${verb}Body`),
      verb: t(`devices.${verb}`),
      call: target,
      send: () => send(target),
      done: t(verb === 'revoke' ? 'devices.revoked' : `devices.${verb}Done`),
      refresh: REFRESH,
      isDanger: verb === 'revoke',
    });
  const trust = '/users/me/devices/{device_id}/trust';
  return (
    <>
      {isTrusted(device) && (
        <Button
          size="small"
          aria-label={t('devices.distrustOf', { name })}
          onClick={() => ask('distrust', call('delete', trust, { path }))}
        >
          {t('devices.distrust')}
        </Button>
      )}
      {!isTrusted(device) && device.is_current && mayTrust && (
        <Button
          size="small"
          aria-label={t('devices.trustOf', { name })}
          onClick={() => ask('trust', call('post', trust, { path }))}
        >
          {t('devices.trust')}
        </Button>
      )}
      <Button size="small" aria-label={t('devices.renameOf', { name })} onClick={() => setRenaming(true)}>
        {t('devices.rename')}
      </Button>
      <Button
        size="small"
        aria-label={t('devices.revokeOf', { name })}
        onClick={() => ask('revoke', call('delete', '/users/me/devices/{device_id}', { path }))}
      >
        {t('devices.revoke')}
      </Button>
      {isRenaming && (
        <NameDialog
          title={t('devices.renameTitle', { name })}
          initial={name}
          verb={t('common.save')}
          done={t('devices.renamed')}
          refresh={REFRESH}
          onClose={() => setRenaming(false)}
          save={(next) => send(call('put', '/users/me/devices/{device_id}', { path, body: { name: next } }))}
        />
      )}
    </>
  );
}
