/** One identity provider: its settings, what to register there, trying it, its history. */
import { useParams } from '@tanstack/react-router';
import { call } from '@tenantry/sdk';
import { lazy, Suspense, useState } from 'react';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { DetailPage } from '../../templates/detail-page';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { useConfirm } from '../../ui/confirm';
import { CurlButton } from '../../ui/curl';
import { useGo } from '../../ui/link';
import { History } from '../shared/history';
import { ProviderFacts, RegisterCard } from './about';
import { ProviderState } from './badges';
import { ProviderForm } from './form';
import type { IdentityProvider } from './model';

const TestDialog = lazy(() => import('./test-dialog'));

const REFRESH = ['/identity-providers', '/audit/logs'] as const;

/** The page. */
export function IdentityProviderDetail() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const { id } = useParams({ strict: false });
  const target = call('get', '/identity-providers/{provider_id}', { path: { provider_id: id as string } });
  return (
    <DetailPage
      read={useRead(target)}
      back={{ to: '/identity-providers', label: t('places.identityProviders') }}
      title={({ name }) => name}
      badge={({ enabled }) => <ProviderState isEnabled={enabled} />}
      actions={(provider) => (
        <>
          <CurlButton isIcon target={() => target} />
          {can('identity_providers:update') && <TestButton provider={provider} />}
          {can('identity_providers:update') && <SwitchButton provider={provider} />}
          {can('identity_providers:delete') && <DeleteButton provider={provider} />}
        </>
      )}
      aside={(provider) => (
        <>
          <RegisterCard provider={provider} />
          <ProviderFacts provider={provider} />
        </>
      )}
    >
      {(provider, answer) => (
        <>
          <Card title={t('providers.one')}>
            <ProviderForm provider={provider} etag={answer.etag} />
          </Card>
          <History type="identity_provider" id={provider.id} />
        </>
      )}
    </DetailPage>
  );
}

function TestButton({ provider }: { provider: IdentityProvider }) {
  const { t } = useTranslation();
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button onClick={() => setOpen(true)}>{t('providers.test')}</Button>
      <Suspense>{isOpen && <TestDialog provider={provider} onClose={() => setOpen(false)} />}</Suspense>
    </>
  );
}

function SwitchButton({ provider }: { provider: IdentityProvider }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const verb = provider.enabled ? 'disable' : 'enable';
  return (
    <Button
      onClick={() =>
        confirm({
          title: t(`clients.${verb}Title`, { name: provider.name }),
          body: t(`providers.${verb}Body`),
          verb: t(`clients.${verb}`),
          call: call('put', '/identity-providers/{provider_id}', {
            path: { provider_id: provider.id },
            body: { enabled: !provider.enabled },
          }),
          done: t('common.saved'),
          refresh: REFRESH,
          isDanger: provider.enabled,
        })
      }
    >
      {t(`clients.${verb}`)}
    </Button>
  );
}

function DeleteButton({ provider }: { provider: IdentityProvider }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const go = useGo();
  return (
    <Button
      onClick={() =>
        confirm({
          title: t('providers.deleteTitle', { name: provider.name }),
          body: t('providers.deleteBody'),
          verb: t('providers.delete'),
          call: call('delete', '/identity-providers/{provider_id}', { path: { provider_id: provider.id } }),
          done: t('providers.deleted'),
          refresh: ['/identity-providers', '/users/me/identities'],
          isDanger: true,
          word: provider.name,
          onDone: () => go('/identity-providers', { isForced: true }),
        })
      }
    >
      {t('providers.delete')}
    </Button>
  );
}
