/** One scope: its texts and claims, how clients ask for it, its history. */
import { useParams } from '@tanstack/react-router';
import { call } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { DetailPage } from '../../templates/detail-page';
import { Button } from '../../ui/button';
import { Card, Facts } from '../../ui/card';
import { useConfirm } from '../../ui/confirm';
import { CodeText, CurlButton } from '../../ui/curl';
import { Time } from '../../ui/format';
import { TenantLink, useGo } from '../../ui/link';
import { History } from '../shared/history';
import { Person } from '../shared/person';
import { ScopeFields, useScopeLabels } from './fields';
import { fieldFor, type Scope, toBody, toValues } from './model';

/** The page. */
export function ScopeDetail() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const { id } = useParams({ strict: false });
  const target = call('get', '/oauth/scopes/{scope_id}', { path: { scope_id: id as string } });
  return (
    <DetailPage
      read={useRead(target)}
      back={{ to: '/scopes', label: t('places.scopes') }}
      title={({ name }) => name}
      description={({ description }) => description}
      actions={(scope) => (
        <>
          <CurlButton isIcon target={() => target} />
          {can('oauth_scopes:delete') && <DeleteButton scope={scope} />}
        </>
      )}
      aside={(scope) => (
        <>
          <AskCard scope={scope} />
          <ScopeFacts scope={scope} />
        </>
      )}
    >
      {(scope, answer) => (
        <>
          <Card title={t('scopes.one')} description={t('scopes.oneHelp')}>
            <ScopeForm scope={scope} etag={answer.etag} />
          </Card>
          <History type="oauth_scope" id={scope.id} />
        </>
      )}
    </DetailPage>
  );
}

function ScopeForm({ scope, etag }: { scope: Scope; etag: string | undefined }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const path = { scope_id: scope.id };
  const { name: _, ...labels } = useScopeLabels();
  return (
    <ApiForm
      key={scope.id}
      defaultValues={toValues(scope)}
      labels={labels}
      call={(values, ifMatch) => call('put', '/oauth/scopes/{scope_id}', { path, body: toBody(values), ifMatch })}
      versioned={{ etag, read: call('get', '/oauth/scopes/{scope_id}', { path }), toValues }}
      submitLabel={t('common.save')}
      done={t('common.saved')}
      refresh={['/oauth/scopes', '/audit/logs']}
      fieldFor={fieldFor}
      isDisabled={!can('oauth_scopes:update')}
    >
      <ScopeFields />
    </ApiForm>
  );
}

/** What clients send. */
function AskCard({ scope }: { scope: Scope }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  return (
    <Card title={t('scopes.asks')}>
      <div className="space-y-3">
        <CodeText
          text={`scope=openid ${scope.name}`}
          label={t('scopes.asks')}
          copyLabel={t('clients.copyOf', { name: t('scopes.one') })}
        />
        <p className="text-[0.8125rem] text-ink-soft">{t('scopes.asksHelp')}</p>
        {can('clients:read') && (
          <TenantLink to="/clients" className="text-accent hover:underline">
            {t('places.clients')}
          </TenantLink>
        )}
      </div>
    </Card>
  );
}

function ScopeFacts({ scope }: { scope: Scope }) {
  const { t } = useTranslation();
  return (
    <Card title={t('detail.facts')}>
      <Facts
        items={[
          [t('fields.created_at'), <Time key="created" at={scope.created_at} isFull />],
          [t('fields.created_by'), <Person key="by" id={scope.created_by} />],
          [t('fields.updated_at'), <Time key="updated" at={scope.updated_at} isFull />],
        ]}
      />
    </Card>
  );
}

function DeleteButton({ scope }: { scope: Scope }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const go = useGo();
  return (
    <Button
      onClick={() =>
        confirm({
          title: t('scopes.deleteTitle', { name: scope.name }),
          body: t('scopes.deleteBody'),
          verb: t('scopes.delete'),
          call: call('delete', '/oauth/scopes/{scope_id}', { path: { scope_id: scope.id } }),
          done: t('scopes.deleted'),
          refresh: ['/oauth/scopes'],
          isDanger: true,
          word: scope.name,
          onDone: () => go('/scopes', { isForced: true }),
        })
      }
    >
      {t('scopes.delete')}
    </Button>
  );
}
