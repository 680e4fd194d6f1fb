/** One client: its settings, its secret, how it is connected, its history. */
import { useParams } from '@tanstack/react-router';
import { call } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { DetailPage } from '../../templates/detail-page';
import { Button } from '../../ui/button';
import { Card, Facts } from '../../ui/card';
import { useConfirm } from '../../ui/confirm';
import { CopyButton, CurlButton } from '../../ui/curl';
import { Time } from '../../ui/format';
import { useGo } from '../../ui/link';
import { History } from '../shared/history';
import { Person } from '../shared/person';
import { ClientState } from './badges';
import { ConnectCard } from './connect';
import { ClientForm } from './form';
import { type Client, hasSecret } from './model';
import { ClientSecret } from './rotate';

const REFRESH = ['/oauth/clients', '/audit/logs'] as const;

/** The page. */
export function ClientDetail() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const { id } = useParams({ strict: false });
  const target = call('get', '/oauth/clients/{client_id}', { path: { client_id: id as string } });
  return (
    <DetailPage
      read={useRead(target)}
      back={{ to: '/clients', label: t('places.clients') }}
      title={({ name }) => name}
      description={({ description }) => description}
      badge={({ is_active }) => <ClientState isActive={is_active} />}
      actions={(client) => (
        <>
          <CurlButton isIcon target={() => target} />
          {can('clients:update') && <SwitchButton client={client} />}
          {can('clients:delete') && <DeleteButton client={client} />}
        </>
      )}
      aside={(client) => (
        <>
          <ClientFacts client={client} />
          {hasSecret(client) && can('clients:update') && <ClientSecret client={client} />}
        </>
      )}
    >
      {(client, answer) => (
        <>
          <Card title={t('clients.one')}>
            <ClientForm client={client} etag={answer.etag} />
          </Card>
          <ConnectCard client={client} />
          <History type="client" id={client.id} />
        </>
      )}
    </DetailPage>
  );
}

function ClientFacts({ client }: { client: Client }) {
  const { t } = useTranslation();
  return (
    <Card title={t('detail.facts')}>
      <Facts
        items={[
          [
            t('clients.clientId'),
            <span key="id" className="flex items-center gap-1">
              <code className="min-w-0 font-mono text-xs break-all">{client.id}</code>
              <CopyButton text={client.id} label={t('clients.copyOf', { name: t('clients.clientId') })} />
            </span>,
          ],
          [t('fields.kind'), t(`clients.kinds.${client.kind}`)],
          [t('clients.preset'), client.preset ? t(`clients.presets.${client.preset}`) : '—'],
          [t('fields.created_at'), <Time key="created" at={client.created_at} isFull />],
          [t('fields.created_by'), <Person key="by" id={client.created_by} />],
          [t('fields.updated_at'), <Time key="updated" at={client.updated_at} isFull />],
        ]}
      />
    </Card>
  );
}

function SwitchButton({ client }: { client: Client }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const verb = client.is_active ? 'disable' : 'enable';
  return (
    <Button
      onClick={() =>
        confirm({
          title: t(`clients.${verb}Title`, { name: client.name }),
          body: t(`clients.${verb}Body`),
          verb: t(`clients.${verb}`),
          call: call('put', '/oauth/clients/{client_id}', {
            path: { client_id: client.id },
            body: { is_active: !client.is_active },
          }),
          done: t('common.saved'),
          refresh: REFRESH,
          isDanger: client.is_active,
        })
      }
    >
      {t(`clients.${verb}`)}
    </Button>
  );
}

function DeleteButton({ client }: { client: Client }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const go = useGo();
  return (
    <Button
      onClick={() =>
        confirm({
          title: t('clients.deleteTitle', { name: client.name }),
          body: t('clients.deleteBody'),
          verb: t('clients.delete'),
          call: call('delete', '/oauth/clients/{client_id}', { path: { client_id: client.id } }),
          done: t('clients.deleted'),
          refresh: ['/oauth/clients'],
          isDanger: true,
          word: client.name,
          onDone: () => go('/clients', { isForced: true }),
        })
      }
    >
      {t('clients.delete')}
    </Button>
  );
}
