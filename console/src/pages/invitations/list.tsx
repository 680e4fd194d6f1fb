/** Whom this organisation has invited, and what has become of it. */
import { call } from '@tenantry/sdk';
import { useAll } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { BulkAction, ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { Button, buttonClass } from '../../ui/button';
import { useConfirm } from '../../ui/confirm';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { Person } from '../shared/person';
import { InvitationState } from './badges';
import { type Invitation, STATES } from './model';

const REFRESH = ['/invites', '/audit/logs'] as const;
const revokeCall = (id: string) => call('delete', '/invites/{invitation_id}', { path: { invitation_id: id } });
const resendCall = (id: string) => call('post', '/invites/{invitation_id}/resend', { path: { invitation_id: id } });

/** Who has not come yet, and whose link can be sent once more. */
const isOpen = ({ state }: Invitation) => state === 'pending';
const isResendable = ({ state }: Invitation) => state === 'pending' || state === 'expired';

/** What can be done with several at once. */
function useBulk(): BulkAction<Invitation>[] {
  const { t } = useTranslation();
  const { can } = useTenant();
  const resend: BulkAction<Invitation> = {
    label: t('invitations.resend'),
    confirm: (count) => t('invitations.resendMany', { count }),
    call: ({ id }) => resendCall(id),
    accepts: isResendable,
  };
  const revoke: BulkAction<Invitation> = {
    label: t('invitations.revoke'),
    confirm: (count) => t('invitations.revokeMany', { count }),
    call: ({ id }) => revokeCall(id),
    accepts: isOpen,
    isDanger: true,
  };
  return [...(can('invitations:create') ? [resend] : []), ...(can('invitations:delete') ? [revoke] : [])];
}

/** The page. */
export function InvitationList() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const roles = useAll('/roles', {}, { enabled: can('roles:read'), staleFor: 60_000 });
  const roleOf = (id: string) => roles.data?.find((role) => role.id === id)?.name ?? `…${id.slice(-6)}`;
  const create = can('invitations:create') && (
    <>
      <TenantLink to="/invitations/import" className={buttonClass()}>
        {t('invitations.many')}
      </TenantLink>
      <TenantLink to="/invitations/new" className={buttonClass('primary')}>
        {t('invitations.create')}
      </TenantLink>
    </>
  );
  const model: ListModel<'/invites'> = {
    id: 'invitations',
    path: '/invites',
    title: t('places.invitations'),
    description: t('invitations.help'),
    rowId: ({ id }) => id,
    rowActions: (invitation) => <RowActions invitation={invitation} />,
    columns: [
      {
        id: 'email',
        header: t('fields.email'),
        cell: ({ email, first_name, last_name }) => (
          <>
            <span className="block min-w-44 font-medium [overflow-wrap:anywhere]">{email}</span>
            <span className="text-[0.8125rem] text-ink-soft">{[first_name, last_name].filter(Boolean).join(' ')}</span>
          </>
        ),
      },
      { id: 'state', header: t('fields.status'), cell: ({ state }) => <InvitationState state={state} /> },
      {
        id: 'roles',
        header: t('places.roles'),
        from: 'lg',
        cell: ({ role_ids }) => role_ids.map(roleOf).join(', ') || '—',
      },
      { id: 'by', header: t('invitations.by'), from: 'md', cell: ({ invited_by }) => <Person id={invited_by} /> },
      { id: 'sent', header: t('invitations.sent'), from: 'md', cell: ({ sent_at }) => <Time at={sent_at} /> },
      {
        id: 'until',
        header: t('fields.expires_at'),
        from: 'lg',
        cell: ({ state, expires_at, ended_at }) => (
          <Time at={isResendable({ state } as Invitation) ? expires_at : ended_at} />
        ),
      },
    ],
    filters: [
      { id: 'email', label: t('invitations.exactAddress'), kind: 'text' },
      {
        id: 'state',
        label: t('fields.status'),
        kind: 'choice',
        options: STATES.map((state) => [state, t(`invitations.states.${state}`)]),
      },
    ],
    bulk: useBulk(),
    actions: create,
    empty: { title: t('invitations.none'), help: t('invitations.noneHelp'), action: create },
    changedBy: ['tenantry.invitation.*'],
  };
  return <ListPage model={model} />;
}

function RowActions({ invitation }: { invitation: Invitation }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const confirm = useConfirm();
  const { id, email } = invitation;
  return (
    // Where the row is too narrow, one below the other.
    <span className="inline-flex flex-wrap justify-end gap-2">
      {isResendable(invitation) && can('invitations:create') && (
        <Button
          size="small"
          aria-label={t('invitations.resendOf', { name: email })}
          onClick={() =>
            confirm({
              title: t('invitations.resendTitle', { name: email }),
              body: t('invitations.resendBody'),
              verb: t('invitations.resend'),
              call: resendCall(id),
              done: t('invitations.resent'),
              refresh: REFRESH,
            })
          }
        >
          {t('invitations.resend')}
        </Button>
      )}
      {isOpen(invitation) && can('invitations:delete') && (
        <Button
          size="small"
          aria-label={t('invitations.revokeOf', { name: email })}
          onClick={() =>
            confirm({
              title: t('invitations.revokeTitle', { name: email }),
              body: t('invitations.revokeBody'),
              verb: t('invitations.revoke'),
              call: revokeCall(id),
              done: t('invitations.revoked'),
              refresh: REFRESH,
              isDanger: true,
            })
          }
        >
          {t('invitations.revoke')}
        </Button>
      )}
    </span>
  );
}
