/** The decision log: every denial, and a sample of what was allowed. */
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { useListSearch } from '../../templates/list-search';
import { Time } from '../../ui/format';
import { DecisionBadge, resourceOf } from '../access/decision';
import { Person } from '../shared/person';
import { personFilter } from '../shared/person-filter';
import { whereOf } from './where';

/** The page. */
export function DecisionList() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const { search } = useListSearch();
  const model: ListModel<'/access/logs'> = {
    id: 'decisions',
    path: '/access/logs',
    title: t('places.decisions'),
    description: t('decisions.help'),
    rowId: ({ id }) => id,
    rowLink: ({ id }) => `/decisions/${id}`,
    rowSearch: (decision) => whereOf(decision, search.cursor),
    columns: [
      {
        id: 'action',
        header: t('fields.action'),
        cell: ({ action }) => <span className="font-mono text-xs">{action}</span>,
      },
      {
        id: 'decision',
        header: t('decisions.decision'),
        cell: ({ decision }) => <DecisionBadge decision={decision} />,
      },
      { id: 'at', header: t('fields.at'), cell: ({ at }) => <Time at={at} /> },
      {
        id: 'user',
        header: t('simulator.user'),
        from: 'md',
        cell: ({ user_id, subject }) => (user_id ? <Person id={user_id} isPlain /> : (subject ?? '—')),
      },
      { id: 'resource', header: t('fields.resource'), from: 'md', cell: (decision) => resourceOf(decision) },
      {
        id: 'reason',
        header: t('audit.reason'),
        from: 'lg',
        cell: ({ reason }) => <span className="line-clamp-2 max-w-md text-ink-soft">{reason}</span>,
      },
    ],
    filters: [
      { id: 'action', label: t('fields.action'), kind: 'text' },
      {
        id: 'decision',
        label: t('decisions.decision'),
        kind: 'choice',
        options: [
          ['allow', t('simulator.allowed')],
          ['deny', t('simulator.denied')],
        ],
      },
      can('users:read')
        ? personFilter('user_id', t('simulator.user'))
        : { id: 'user_id', label: t('decisions.userId'), kind: 'text' },
    ],
    empty: { title: t('decisions.none'), help: t('decisions.noneHelp') },
  };
  return <ListPage model={model} />;
}
