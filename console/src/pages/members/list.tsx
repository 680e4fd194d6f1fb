/** The tenant's people. */
import { call, type Schemas } from '@tenantry/sdk';
import { nameOf } from '../../app/session';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { BulkAction, ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { Badge, toneOf } from '../../ui/badge';
import { buttonClass } from '../../ui/button';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { USER_STATES } from './states';

type User = Schemas['UserView'];

/** What can be done with several people at once. */
function useBulk(): BulkAction<User>[] {
  const { t } = useTranslation();
  const { can, session } = useTenant();
  if (!can('users:update')) {
    return [];
  }
  const change = (status: 'inactive' | 'active') => (user: User) =>
    call('put', '/users/{user_id}', { path: { user_id: user.id }, body: { status } });
  return [
    {
      label: t('members.deactivate'),
      confirm: (count) => t('members.deactivateMany', { count }),
      call: change('inactive'),
      accepts: ({ id, status }) => id !== session.user.id && status !== 'inactive',
      isDanger: true,
    },
    {
      label: t('members.activate'),
      confirm: (count) => t('members.activateMany', { count }),
      call: change('active'),
      accepts: ({ id, status }) => id !== session.user.id && status !== 'active',
    },
  ];
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
        cell: ({ status }) => <Badge tone={toneOf(status)}>{t(`members.states.${status}`)}</Badge>,
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
