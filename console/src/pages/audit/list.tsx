/** The audit trail: filters, live, CSV. */
import { call } from '@tenantry/sdk';
import { Download, Radio } from 'lucide-react';
import { useState } from 'react';
import { reportTrouble } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { type ListModel, type ListState, queryOf } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { useListSearch } from '../../templates/list-search';
import { Badge, toneOf } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Time } from '../../ui/format';
import { toastFailure } from '../../ui/toasts';
import { sentenceFor } from '../../ui/trouble';
import { download } from '../shared/files';
import { Person, shortId } from '../shared/person';

/** What the trail knows things as. */
const RESOURCES = [
  'project',
  'user',
  'role',
  'role_family',
  'permission',
  'group',
  'policy',
  'resource_type',
  'session',
  'tenant',
  'job',
  'event',
] as const;

function useModel(isLive: boolean, onLive: (isLive: boolean) => void): ListModel<'/audit/logs'> {
  const { t } = useTranslation();
  const { can } = useTenant();
  const model: ListModel<'/audit/logs'> = {
    id: 'audit',
    path: '/audit/logs',
    title: t('places.audit'),
    description: t('audit.help'),
    rowId: ({ id }) => id,
    rowLink: ({ id }) => `/audit/${id}`,
    columns: [
      {
        id: 'action',
        header: t('fields.action'),
        cell: ({ action }) => <span className="font-mono text-xs">{action}</span>,
      },
      { id: 'at', header: t('fields.at'), cell: ({ at }) => <Time at={at} /> },
      {
        id: 'actor',
        header: t('fields.actor_id'),
        from: 'md',
        cell: ({ actor_id, actor_type }) =>
          actor_id ? <Person id={actor_id} isPlain /> : t(`audit.actors.${actor_type as 'system'}`, actor_type),
      },
      {
        id: 'resource',
        header: t('fields.resource'),
        from: 'md',
        cell: ({ resource_type, resource_id }) => (
          <span title={resource_id ?? undefined}>
            {resource_type}{' '}
            {resource_id && <code className="font-mono text-xs text-ink-soft">{shortId(resource_id)}</code>}
          </span>
        ),
      },
      {
        id: 'outcome',
        header: t('fields.outcome'),
        cell: ({ outcome }) => (
          <Badge tone={toneOf(outcome)}>{t(`audit.outcomes.${outcome as 'success'}`, outcome)}</Badge>
        ),
      },
      { id: 'ip', header: t('fields.ip'), from: 'lg', cell: ({ ip }) => ip ?? '—' },
    ],
    filters: [
      { id: 'action', label: t('fields.action'), kind: 'text' },
      {
        id: 'outcome',
        label: t('fields.outcome'),
        kind: 'choice',
        options: [
          ['success', t('audit.outcomes.success')],
          ['refused', t('audit.outcomes.refused')],
        ],
      },
      {
        id: 'resource_type',
        label: t('fields.resource'),
        kind: 'choice',
        options: RESOURCES.map((type) => [type, type]),
      },
      { id: 'resource_id', label: t('audit.resourceId'), kind: 'text' },
      { id: 'actor_id', label: t('audit.actorId'), kind: 'text' },
      { id: 'from', label: t('fields.from'), kind: 'time' },
      { id: 'to', label: t('fields.to'), kind: 'time' },
    ],
    empty: { title: t('audit.none'), help: t('audit.noneHelp') },
    changedBy: ['*'],
    isLive,
    tools: (state) => (
      <>
        {can('events:read') && (
          <Button
            aria-pressed={isLive}
            className="aria-pressed:bg-sunken"
            icon={<Radio aria-hidden className={isLive ? 'size-4 text-good' : 'size-4'} />}
            onClick={() => onLive(!isLive)}
          >
            {t('audit.live')}
          </Button>
        )}
        {can('audit:export') && <ExportButton model={model} state={state} />}
      </>
    ),
  };
  return model;
}

/** The page. Live is part of the URL, like everything else. */
export function AuditList() {
  const { search, change } = useListSearch();
  const isLive = search.live === '1';
  const model = useModel(isLive, (next) => change({ live: next ? '1' : undefined }));
  return <ListPage model={model} />;
}

interface ExportButtonProps {
  model: ListModel<'/audit/logs'>;
  state: ListState;
}

/** The whole trail with these filters, not only this page. */
function ExportButton({ model, state }: ExportButtonProps) {
  const { t } = useTranslation();
  const { client } = useTenant();
  const [isBusy, setBusy] = useState(false);
  const save = async () => {
    setBusy(true);
    const { limit: _, cursor: __, ...filters } = queryOf(model, state);
    try {
      const { data } = await client.send(call('get', '/audit/logs/export', { query: filters }));
      download(data, 'audit.csv', 'text/csv');
    } catch (error) {
      toastFailure(sentenceFor(error, t));
      reportTrouble(error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Button isBusy={isBusy} icon={<Download aria-hidden className="size-4" />} onClick={() => void save()}>
      {t('audit.csv')}
    </Button>
  );
}
