/** One service account: what it is for, its keys, its roles, its history. */
import { useParams } from '@tanstack/react-router';
import { type Answer, call, type Schemas } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { TextArea, TextField } from '../../forms/fields';
import { DetailPage } from '../../templates/detail-page';
import { Badge, toneOf } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Card, Facts } from '../../ui/card';
import { useConfirm } from '../../ui/confirm';
import { CurlButton } from '../../ui/curl';
import { Time } from '../../ui/format';
import { MemberRoles } from '../members/roles';
import { History } from '../shared/history';
import { KeyList } from '../shared/key-list';
import { IssueKey } from '../shared/keys';

type Account = Schemas['ServiceAccountView'];

const REFRESH = ['/service-accounts', '/api-keys', '/audit/logs'] as const;
const toValues = ({ name, description }: Account) => ({ name, description: description ?? '' });

/** The page. */
export function ServiceAccountDetail() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const { id } = useParams({ strict: false });
  const path = { service_account_id: id as string };
  const target = call('get', '/service-accounts/{service_account_id}', { path });
  return (
    <DetailPage
      read={useRead(target)}
      back={{ to: '/service-accounts', label: t('places.serviceAccounts') }}
      title={({ name }) => name}
      description={({ description }) => description}
      badge={({ status }) => <Badge tone={toneOf(status)}>{t(`members.states.${status}`)}</Badge>}
      actions={(account) => (
        <>
          <CurlButton isIcon target={() => target} />
          <SwitchButton account={account} />
        </>
      )}
      aside={(account) => (
        <>
          {can('roles:read') && <MemberRoles id={account.id} name={account.name} />}
          <Card title={t('detail.facts')}>
            <Facts
              items={[
                [t('fields.created_at'), <Time key="created" at={account.created_at} isFull />],
                [t('fields.updated_at'), <Time key="updated" at={account.updated_at} isFull />],
                [
                  t('fields.id'),
                  <code key="id" className="font-mono text-xs break-all">
                    {account.id}
                  </code>,
                ],
              ]}
            />
          </Card>
        </>
      )}
    >
      {(account, answer) => (
        <>
          {can('api_keys:read') && (
            <Card
              title={t('places.apiKeys')}
              description={t('serviceAccounts.keysHelp')}
              actions={account.status === 'active' && <IssueKey account={account} />}
              isFlush
            >
              <KeyList owner={account.id} mayRotate={account.status === 'active'} />
            </Card>
          )}
          <Card title={t('serviceAccounts.one')}>
            <AccountForm account={account} answer={answer} />
          </Card>
          <History type="service_account" id={account.id} />
        </>
      )}
    </DetailPage>
  );
}

function AccountForm({ account, answer }: { account: Account; answer: Answer<Account> }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const path = { service_account_id: account.id };
  return (
    <ApiForm
      key={account.id}
      defaultValues={toValues(account)}
      labels={{ name: t('fields.name'), description: t('fields.description') }}
      call={({ name, description }, ifMatch) =>
        call('put', '/service-accounts/{service_account_id}', {
          path,
          body: { name, description: description || null },
          ifMatch,
        })
      }
      versioned={{
        etag: answer.etag,
        read: call('get', '/service-accounts/{service_account_id}', { path }),
        toValues,
      }}
      submitLabel={t('common.save')}
      done={t('common.saved')}
      refresh={REFRESH}
      isDisabled={!can('service_accounts:update')}
    >
      <TextField name="name" isRequired />
      <TextArea name="description" />
    </ApiForm>
  );
}

/** Deactivating revokes the keys; activating again gives none of them back. */
function SwitchButton({ account }: { account: Account }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const confirm = useConfirm();
  const path = { service_account_id: account.id };
  const { name } = account;
  if (account.status === 'active') {
    return (
      can('service_accounts:delete') && (
        <Button
          onClick={() =>
            confirm({
              title: t('serviceAccounts.deactivateTitle', { name }),
              body: t('serviceAccounts.deactivateBody'),
              verb: t('members.deactivate'),
              call: call('delete', '/service-accounts/{service_account_id}', { path }),
              done: t('common.saved'),
              refresh: REFRESH,
              isDanger: true,
              word: name,
            })
          }
        >
          {t('members.deactivate')}
        </Button>
      )
    );
  }
  return (
    can('service_accounts:update') && (
      <Button
        onClick={() =>
          confirm({
            title: t('serviceAccounts.activateTitle', { name }),
            body: t('serviceAccounts.activateBody'),
            verb: t('members.activate'),
            call: call('put', '/service-accounts/{service_account_id}', { path, body: { status: 'active' } }),
            done: t('common.saved'),
            refresh: REFRESH,
          })
        }
      >
        {t('members.activate')}
      </Button>
    )
  );
}
