/** A tenant's identity providers on its page, for operators. */
import { Plus } from 'lucide-react';
import { useRead } from '../../../app/api';
import { useTenant } from '../../../app/tenant';
import { useTranslation } from '../../../app/translation';
import { buttonClass } from '../../../ui/button';
import { Card } from '../../../ui/card';
import { TenantLink } from '../../../ui/link';
import { Skeleton } from '../../../ui/skeleton';
import { Trouble } from '../../../ui/trouble';
import { ProviderState } from '../../identity-providers/badges';
import { listOf, MANAGE } from './read';

/** The card. */
export function TenantProviders({ tenant }: { tenant: { id: string; name: string } }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const read = useRead(listOf(tenant.id), { enabled: can(MANAGE) });
  const base = `/tenants/${tenant.id}/identity-providers`;
  if (!can(MANAGE)) {
    return null;
  }
  return (
    <Card
      title={t('operated.title')}
      description={t('operated.help', { name: tenant.name })}
      isFlush
      actions={
        <TenantLink to={`${base}/new`} className={buttonClass('secondary', 'small')}>
          <Plus aria-hidden className="size-4" />
          {t('providers.create')}
        </TenantLink>
      }
    >
      {read.isPending && (
        <div className="p-4">
          <Skeleton lines={2} />
        </div>
      )}
      {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
      {read.data?.data.length === 0 && <p className="p-4 text-ink-soft">{t('operated.none')}</p>}
      {read.data && read.data.data.length > 0 && (
        <ul className="divide-y divide-line">
          {read.data.data.map(({ id, name, type, enabled, email_domains }) => (
            <li key={id} className="relative flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 hover:bg-sunken">
              <div className="min-w-0 flex-1">
                <TenantLink to={`${base}/${id}`} className="font-medium after:absolute after:inset-0">
                  {name}
                </TenantLink>
                <p className="text-[0.8125rem] break-words text-ink-soft">
                  {[t(`providers.kinds.${type}`), ...email_domains].join(' · ')}
                </p>
              </div>
              <ProviderState isEnabled={enabled} />
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
