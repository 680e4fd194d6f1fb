/** Background jobs; those that were given up can be run again. */
import { call, type Schemas } from '@tenantry/sdk';
import { RotateCcw } from 'lucide-react';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { Badge, toneOf } from '../../ui/badge';
import { Button } from '../../ui/button';
import { useConfirm } from '../../ui/confirm';
import { Time } from '../../ui/format';

type Job = Schemas['JobView'];

const JOB_STATES = ['dead', 'ready', 'running', 'done'] as const;

const retryCall = ({ id }: Job) => call('post', '/jobs/{job_id}/retry', { path: { job_id: id } });

function useModel(): ListModel<'/jobs'> {
  const { t } = useTranslation();
  const { can } = useTenant();
  const mayRetry = can('jobs:retry');
  return {
    id: 'jobs',
    path: '/jobs',
    title: t('places.jobs'),
    description: t('jobs.help'),
    rowId: ({ id }) => id,
    columns: [
      { id: 'kind', header: t('fields.kind'), cell: ({ kind }) => <span className="font-mono text-xs">{kind}</span> },
      {
        id: 'state',
        header: t('fields.status'),
        cell: ({ state }) => <Badge tone={toneOf(state)}>{t(`jobs.states.${state}`)}</Badge>,
      },
      { id: 'attempts', header: t('fields.attempts'), isNumber: true, cell: ({ attempts }) => attempts },
      { id: 'due', header: t('fields.due_at'), from: 'md', cell: ({ due_at }) => <Time at={due_at} /> },
      {
        id: 'finished',
        header: t('fields.finished_at'),
        from: 'lg',
        cell: ({ finished_at }) => <Time at={finished_at} />,
      },
      {
        id: 'error',
        header: t('fields.last_error'),
        from: 'md',
        cell: ({ last_error }) => <span className="line-clamp-2 max-w-md text-ink-soft">{last_error ?? '—'}</span>,
      },
    ],
    filters: [
      {
        id: 'state',
        label: t('fields.status'),
        kind: 'choice',
        options: JOB_STATES.map((state) => [state, t(`jobs.states.${state}`)]),
      },
    ],
    bulk: mayRetry
      ? [
          {
            label: t('jobs.retry'),
            confirm: (count) => t('jobs.retryMany', { count }),
            call: retryCall,
            accepts: ({ state }) => state === 'dead',
          },
        ]
      : [],
    rowActions: mayRetry ? (job) => <RetryButton job={job} /> : undefined,
    empty: { title: t('jobs.none'), help: t('jobs.noneHelp') },
  };
}

/** The page. */
export function JobList() {
  return <ListPage model={useModel()} />;
}

function RetryButton({ job }: { job: Job }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  if (job.state !== 'dead') {
    return null;
  }
  return (
    <Button
      size="small"
      icon={<RotateCcw aria-hidden className="size-3.5" />}
      onClick={() =>
        confirm({
          title: t('jobs.retryTitle', { kind: job.kind }),
          body: t('jobs.retryBody'),
          verb: t('jobs.retry'),
          call: retryCall(job),
          done: t('jobs.retried'),
          refresh: ['/jobs'],
        })
      }
    >
      {t('jobs.retry')}
    </Button>
  );
}
