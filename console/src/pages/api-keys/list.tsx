/** Every key of the organisation that one may see, whoever's it is. */
import { useAll } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { IssueKey, KeyActions, KeyPrefix, KeyState, useShownKey } from '../shared/keys';
import { Person } from '../shared/person';
import { personFilter } from '../shared/person-filter';

/** The page. */
export function ApiKeyList() {
  const { t } = useTranslation();
  const { can, session } = useTenant();
  const accounts = useAll('/service-accounts', {}, { enabled: can('service_accounts:read'), staleFor: 60_000 });
  const accountOf = (id: string) => accounts.data?.find((account) => account.id === id);
  const shown = useShownKey();
  const model: ListModel<'/api-keys'> = {
    id: 'apiKeys',
    path: '/api-keys',
    title: t('places.apiKeys'),
    description: t('apiKeys.help'),
    rowId: ({ id }) => id,
    rowActions: (key) => (
      <KeyActions
        apiKey={key}
        mayRotate={key.user_id === session.user.id || accountOf(key.user_id) !== undefined}
        onRotated={shown.show}
      />
    ),
    columns: [
      {
        id: 'name',
        header: t('fields.name'),
        cell: ({ name, prefix }) => (
          <>
            <span className="block font-medium">{name}</span>
            <KeyPrefix prefix={prefix} />
          </>
        ),
      },
      {
        id: 'owner',
        header: t('fields.owner_id'),
        cell: ({ user_id }) => {
          const account = accountOf(user_id);
          return account ? (
            <TenantLink
              to={`/service-accounts/${account.id}`}
              className="underline decoration-line-strong underline-offset-2"
            >
              {account.name}
            </TenantLink>
          ) : (
            <Person id={user_id} />
          );
        },
      },
      { id: 'status', header: t('fields.status'), cell: ({ status }) => <KeyState status={status} /> },
      {
        id: 'scopes',
        header: t('apiKeys.scopes'),
        from: 'lg',
        cell: ({ scopes }) => (
          <span className="line-clamp-2 max-w-xs font-mono text-xs text-ink-soft">{scopes.join(', ')}</span>
        ),
      },
      { id: 'used', header: t('sessions.used'), from: 'md', cell: ({ last_used_at }) => <Time at={last_used_at} /> },
      { id: 'expires', header: t('fields.expires_at'), from: 'md', cell: ({ expires_at }) => <Time at={expires_at} /> },
    ],
    filters: can('users:read') ? [personFilter('user_id', t('fields.owner_id'))] : [],
    actions: <IssueKey kind="primary" />,
    empty: { title: t('apiKeys.none'), help: t('apiKeys.noneHelp') },
    changedBy: ['tenantry.api_key.*'],
  };
  return (
    <>
      <ListPage model={model} />
      {shown.dialog}
    </>
  );
}
