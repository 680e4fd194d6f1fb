/** What was chosen before, and choosing it again. */
import { call } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { useConfirm } from '../../ui/confirm';
import { Time } from '../../ui/format';
import { Scroll } from '../../ui/scroll';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { Person } from '../shared/person';
import { REFRESH } from './read';

/** The list. */
export function Versions({ etag }: { etag: string | undefined }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const confirm = useConfirm();
  const read = useRead(call('get', '/config/branding/versions'));
  if (read.isPending) {
    return <Skeleton lines={3} />;
  }
  if (read.isError) {
    return <Trouble error={read.error} onRetry={() => void read.refetch()} />;
  }
  if (read.data.data.length === 0) {
    return <p className="text-ink-soft">{t('branding.noVersions')}</p>;
  }
  const restore = (version: number) =>
    confirm({
      title: t('branding.restoreTitle', { version }),
      body: t('branding.restoreBody'),
      verb: t('branding.restore'),
      call: call('post', '/config/branding/versions/{version}/restore', { path: { version }, ifMatch: etag }),
      done: t('branding.restored'),
      refresh: REFRESH,
    });
  return (
    <div className="overflow-hidden rounded-lg border border-line bg-surface">
      <Scroll label={t('branding.versions')} className="max-h-80 overflow-y-auto">
        <ul className="divide-y divide-line">
          {read.data.data.map(({ version, created_at, created_by, is_current }) => (
            <li key={version} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5">
              <div className="min-w-0 flex-1 basis-48">
                <p className="flex flex-wrap items-center gap-2 font-medium">
                  {t('branding.version', { version })}
                  {is_current && <Badge tone="good">{t('branding.current')}</Badge>}
                </p>
                <p className="text-[0.8125rem] text-ink-soft">
                  <Person id={created_by} isPlain /> · <Time at={created_at} />
                </p>
              </div>
              {!is_current && can('config:update') && (
                <Button size="small" aria-label={t('branding.restoreOf', { version })} onClick={() => restore(version)}>
                  {t('branding.restore')}
                </Button>
              )}
            </li>
          ))}
        </ul>
      </Scroll>
    </div>
  );
}
