/** Devices as people know them: their names, when they were seen, whether they stand for the second factor. */
import type { Schemas } from '@tenantry/sdk';
import type { ReactNode } from 'react';
import { useTranslation } from '../../app/translation';
import { Badge } from '../../ui/badge';
import { Time } from '../../ui/format';
import { ClientIcon } from './session-list';

/** A device that somebody has signed in with. */
export type Device = Schemas['DeviceView'];

interface DeviceListProps {
  devices: readonly Device[];
  /** Of oneself, which one is this page's. */
  isOwn?: boolean;
  actions?: (device: Device) => ReactNode;
}

/** Whether it stands for the second factor now. */
export function isTrusted({ trusted_until }: Device, now = Date.now()): boolean {
  return trusted_until != null && Date.parse(trusted_until) > now;
}

/** The list. */
export function DeviceList({ devices, isOwn, actions }: DeviceListProps) {
  const { t, locale } = useTranslation();
  if (devices.length === 0) {
    return <p className="p-4 text-ink-soft">{t('devices.none')}</p>;
  }
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  return (
    <ul className="divide-y divide-line">
      {devices.map((device) => (
        <li key={device.id} className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 py-2.5">
          <ClientIcon userAgent={device.user_agent} />
          <div className="min-w-0 flex-1 basis-52">
            <p className="flex flex-wrap items-center gap-2 font-medium" title={device.user_agent ?? undefined}>
              <span className="min-w-0 break-words">{device.name}</span>
              {isOwn && device.is_current && <Badge tone="good">{t('sessions.current')}</Badge>}
              {isTrusted(device) && (
                <Badge tone="info">
                  {t('devices.trusted', { at: day.format(Date.parse(device.trusted_until ?? '')) })}
                </Badge>
              )}
            </p>
            <p className="text-[0.8125rem] text-ink-soft">
              {device.name !== device.platform && `${device.platform} · `}
              {device.last_ip && `${device.last_ip} · `}
              {t('devices.seen')} <Time at={device.last_seen_at} />
            </p>
          </div>
          {actions && <div className="flex flex-wrap gap-2">{actions(device)}</div>}
        </li>
      ))}
    </ul>
  );
}
