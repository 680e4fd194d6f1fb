/** The tenant's people. */
import { call, type Schemas } from '@tenantry/sdk';
import { nameOf } from '../../app/session';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { BulkAction, ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { buttonClass } from '../../ui/button';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { MemberState } from './state';
import { BULK_VERBS, NEXT_STATES, USER_STATES } from './states';

type User = Schemas['UserView'];

/** What can be done with several people at once. */
function useBulk(): BulkAction<User>[] {
  const { t } = useTranslation();
  const { can, session } = useTenant();
  if (!can('users:update')) {
    return [];
  }
  return BULK_VERBS.map(([action, state]) => ({
    label: t(`members.verbs.${action}`),
    confirm: (count) => t(`members.many.${action}`, { count }),
    together: (users, reason) =>
      call('post', '/users/bulk/action', {
        body: { action, user_ids: users.map(({ id }) => id), reason: reason || null },
      }),
    hasReason: state !== undefined,
    accepts: ({ id, status, deleted_at }) =>
      !deleted_at && (state === undefined || (id !== session.user.id && NEXT_STATES[status].includes(state))),
    isDanger: state !== undefined && state !== 'active',
  }));
}

/** The page. */
export function MemberList() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const create = can('users:create') && (
    <TenantLink to="/members/new" className={buttonClass('primary')}>
      {t('members.create')}
    </TenantLink>
  );
  const model: ListModel<'/users'> = {
    id: 'members',
    path: '/users',
    title: t('places.members'),
    description: t('members.help'),
    rowId: ({ id }) => id,
    rowLink: ({ id }) => `/members/${id}`,
    columns: [
      { id: 'name', header: t('fields.name'), cell: (user) => nameOf(user) },
      { id: 'email', header: t('fields.email'), from: 'md', cell: ({ email }) => email },
      {
        id: 'status',
        header: t('fields.status'),
        cell: (user) => <MemberState user={user} />,
      },
      {
        id: 'last_login',
        header: t('fields.last_login_at'),
        from: 'md',
        cell: ({ last_login_at }) => <Time at={last_login_at} />,
      },
      { id: 'created', header: t('fields.created_at'), from: 'lg', cell: ({ created_at }) => <Time at={created_at} /> },
    ],
    filters: [
      { id: 'search', label: t('list.search'), kind: 'text', clears: ['sort'] },
      {
        id: 'status',
        label: t('fields.status'),
        kind: 'choice',
        options: USER_STATES.map((state) => [state, t(`members.states.${state}`)]),
      },
    ],
    sorts: [
      ['', t('list.newest')],
      ['created_at', t('list.oldest')],
    ],
    sortClears: ['search'],
    bulk: useBulk(),
    actions: create,
    empty: { title: t('members.none'), help: t('members.noneHelp'), action: create },
    changedBy: ['tenantry.user.*'],
  };
  return <ListPage model={model} />;
}
