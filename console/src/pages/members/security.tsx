/** What concerns a member's security: the password, a lock and its end, attempts to sign in, what has happened to the account. */
import { call, type Schemas } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { nameOf } from '../../app/session';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Card, Facts } from '../../ui/card';
import { useConfirm } from '../../ui/confirm';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { SecurityEvents, SignIns } from '../shared/security-lists';
import { usePages } from '../shared/use-pages';

type User = Schemas['UserView'];
type Security = Schemas['SecurityView'];

/** The card with the present state. */
export function MemberSecurity({ user }: { user: User }) {
  const { t } = useTranslation();
  const read = useRead(call('get', '/users/{user_id}/security', { path: { user_id: user.id } }));
  const security = read.data?.data;
  return (
    <Card title={t('security.title')}>
      {read.isPending && <Skeleton lines={4} />}
      {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
      {security && (
        <div className="space-y-4">
          <Facts
            items={[
              ...reasonOf(security, t('audit.reason')),
              [
                t('fields.password'),
                security.has_password ? (
                  <>
                    {t('security.changed')} <Time at={security.password_changed_at} />
                  </>
                ) : (
                  t('security.noPassword')
                ),
              ],
              [t('security.failures'), String(security.failed_attempts)],
              [t('sessions.title'), String(security.active_sessions)],
              [t('places.apiKeys'), String(security.active_keys)],
            ]}
          />
          <Lock user={user} security={security} />
        </div>
      )}
    </Card>
  );
}

function reasonOf({ status_reason: reason, status_changed_at: at }: Security, label: string) {
  if (!reason && !at) {
    return [];
  }
  const value = (
    <span key="reason">
      {reason ?? '—'}{' '}
      <span className="text-ink-soft">
        <Time at={at} />
      </span>
    </span>
  );
  return [[label, value] as const];
}

/** Whether the sign-in is locked, and the button that lets the member try again. */
function Lock({ user, security }: { user: User; security: Security }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const confirm = useConfirm();
  const until = security.locked_until;
  const isLocked = Boolean(until) && new Date(until ?? 0).getTime() > Date.now();
  if (!isLocked && security.failed_attempts === 0) {
    return null;
  }
  return (
    <div className="space-y-2 border-t border-line pt-3">
      {isLocked && (
        <p>
          <Badge tone="danger">{t('security.locked')}</Badge> {t('security.lockedUntil')} <Time at={until} isFull />
        </p>
      )}
      {can('users:update') && (
        <Button
          size="small"
          onClick={() =>
            confirm({
              title: t('security.unlockTitle', { name: nameOf(user) }),
              body: t('security.unlockBody'),
              verb: t('members.verbs.unlock'),
              call: call('post', '/users/{user_id}/unlock', { path: { user_id: user.id } }),
              done: t('security.unlocked'),
              refresh: ['/users', '/audit/logs'],
            })
          }
        >
          {t('members.verbs.unlock')}
        </Button>
      )}
    </div>
  );
}

/** Attempts to sign in. */
export function MemberSignIns({ user }: { user: User }) {
  const { t } = useTranslation();
  const pages = usePages('/users/{user_id}/history', { path: { user_id: user.id } }, { limit: 10 });
  return (
    <Card title={t('security.signIns')} isFlush>
      <SignIns pages={pages} />
    </Card>
  );
}

/** What has happened to the account. */
export function MemberEvents({ user }: { user: User }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const pages = usePages('/users/{user_id}/security-events', { path: { user_id: user.id } }, { limit: 10 });
  const all = can('audit:read') && (
    <TenantLink
      to="/audit"
      search={{ resource_type: 'user', resource_id: user.id }}
      className="text-[0.8125rem] text-accent hover:underline"
    >
      {t('history.all')}
    </TenantLink>
  );
  return (
    <Card title={t('security.events')} actions={all} isFlush>
      <SecurityEvents pages={pages} />
    </Card>
  );
}
