/** The tenant's policies. */
import { call, type Schemas } from '@tenantry/sdk';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { reportTrouble } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { BulkAction, ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { Button, buttonClass } from '../../ui/button';
import { Time, useNumber } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { toastFailure } from '../../ui/toasts';
import { sentenceFor } from '../../ui/trouble';
import { download } from '../shared/files';
import { EffectBadge, StateBadge } from './badges';
import { aboutOf, toText } from './document';

type Policy = Schemas['PolicyView'];

function useBulk(): BulkAction<Policy>[] {
  const { t } = useTranslation();
  const { can } = useTenant();
  if (!can('policies:update')) {
    return [];
  }
  const change = (is_enabled: boolean) => (policy: Policy) =>
    call('put', '/policies/{policy_id}', { path: { policy_id: policy.id }, body: { is_enabled } });
  return [
    {
      label: t('policies.enable'),
      confirm: (count) => t('policies.enableMany', { count }),
      call: change(true),
      accepts: ({ is_enabled }) => is_enabled === false,
    },
    {
      label: t('policies.disable'),
      confirm: (count) => t('policies.disableMany', { count }),
      call: change(false),
      accepts: ({ is_enabled }) => is_enabled !== false,
    },
  ];
}

function useActions() {
  const { t } = useTranslation();
  const { can } = useTenant();
  return (
    <>
      <ExportButton />
      {can('policies:create') && (
        <TenantLink to="/policies/import" className={buttonClass()}>
          {t('policies.import')}
        </TenantLink>
      )}
      {can('access:simulate') && (
        <TenantLink to="/policies/tests" className={buttonClass()}>
          {t('policies.tests')}
        </TenantLink>
      )}
      {can('policies:create') && <CreateLink />}
    </>
  );
}

function CreateLink() {
  const { t } = useTranslation();
  return (
    <TenantLink to="/policies/new" className={buttonClass('primary')}>
      {t('policies.create')}
    </TenantLink>
  );
}

/** The page. */
export function PolicyList() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const number = useNumber();
  const model: ListModel<'/policies'> = {
    id: 'policies',
    path: '/policies',
    title: t('places.policies'),
    description: t('policies.help'),
    rowId: ({ id }) => id,
    rowLink: ({ id }) => `/policies/${id}`,
    columns: [
      { id: 'name', header: t('fields.name'), cell: ({ name }) => name },
      { id: 'state', header: t('fields.status'), cell: (policy) => <StateBadge policy={policy} /> },
      { id: 'effect', header: t('policies.effect'), cell: (policy) => <EffectBadge policy={policy} /> },
      {
        id: 'about',
        header: t('policies.about'),
        from: 'md',
        cell: (policy) => <code className="line-clamp-2 max-w-xs font-mono text-xs">{aboutOf(policy)}</code>,
      },
      {
        id: 'priority',
        header: t('policies.priority'),
        from: 'md',
        isNumber: true,
        cell: ({ priority }) => number(priority ?? 0),
      },
      { id: 'kind', header: t('policies.kind'), from: 'lg', cell: ({ cedar }) => (cedar ? 'Cedar' : 'JSON') },
      { id: 'updated', header: t('fields.updated_at'), from: 'lg', cell: ({ updated_at }) => <Time at={updated_at} /> },
    ],
    filters: [
      { id: 'name', label: t('list.exactName'), kind: 'text' },
      {
        id: 'is_enabled',
        label: t('fields.status'),
        kind: 'choice',
        options: [
          ['true', t('policies.on')],
          ['false', t('policies.off')],
        ],
      },
    ],
    sorts: [
      ['', t('list.oldest')],
      ['-created_at', t('list.newest')],
    ],
    bulk: useBulk(),
    actions: useActions(),
    empty: {
      title: t('policies.none'),
      help: t('policies.noneHelp'),
      action: can('policies:create') && <CreateLink />,
    },
    changedBy: ['tenantry.policy.*'],
  };
  return <ListPage model={model} />;
}

/** All policies as a file that can be imported again. */
function ExportButton() {
  const { t } = useTranslation();
  const { client, slug } = useTenant();
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    try {
      const { data } = await client.send(call('get', '/policies/export'));
      download(toText(data), `policies-${slug}.json`, 'application/json');
    } catch (error) {
      toastFailure(sentenceFor(error, t));
      reportTrouble(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button isBusy={isBusy} icon={<Download aria-hidden className="size-4" />} onClick={() => void save()}>
      {t('policies.export')}
    </Button>
  );
}
