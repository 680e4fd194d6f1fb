/** Who of the operators acts, or has acted, in the name of the tenant's people; and the way to end it. */
import { call, type Schemas } from '@tenantry/sdk';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { Badge, type Tone } from '../../ui/badge';
import { Button } from '../../ui/button';
import { useConfirm } from '../../ui/confirm';
import { Time } from '../../ui/format';
import { Person } from '../shared/person';

type Impersonation = Schemas['ImpersonationView'];

const TONES: Record<Impersonation['status'], Tone> = { running: 'warn', expired: 'neutral', ended: 'neutral' };

/** The page. */
export function ImpersonationList() {
  const { t } = useTranslation();
  const model: ListModel<'/impersonations'> = {
    id: 'impersonations',
    path: '/impersonations',
    title: t('places.impersonations'),
    description: t('impersonations.help'),
    rowId: ({ id }) => id,
    rowActions: (impersonation) => <EndButton impersonation={impersonation} />,
    columns: [
      { id: 'operator', header: t('impersonations.operator'), cell: ({ operator_email }) => operator_email },
      { id: 'user', header: t('impersonations.inNameOf'), cell: ({ user_id }) => <Person id={user_id} isPlain /> },
      {
        id: 'reason',
        header: t('audit.reason'),
        from: 'md',
        cell: ({ reason, ticket }) => (
          <span className="line-clamp-2 max-w-sm">{ticket ? `${reason} (${ticket})` : reason}</span>
        ),
      },
      {
        id: 'mode',
        header: t('impersonations.mode'),
        from: 'lg',
        cell: ({ mode }) => t(`impersonations.modes.${mode}`),
      },
      {
        id: 'status',
        header: t('fields.status'),
        cell: ({ status }) => <Badge tone={TONES[status]}>{t(`impersonations.states.${status}`)}</Badge>,
      },
      {
        id: 'began',
        header: t('impersonations.began'),
        from: 'md',
        cell: ({ created_at }) => <Time at={created_at} />,
      },
      {
        id: 'end',
        header: t('fields.expires_at'),
        from: 'lg',
        cell: ({ ended_at, expires_at, ended_by }) => (
          <>
            <Time at={ended_at ?? expires_at} />
            {ended_by && <span className="block text-xs text-ink-soft">{t(`impersonations.endedBy.${ended_by}`)}</span>}
          </>
        ),
      },
    ],
    empty: { title: t('impersonations.none'), help: t('impersonations.noneHelp') },
    changedBy: ['tenantry.impersonation.*'],
  };
  return <ListPage model={model} />;
}

function EndButton({ impersonation }: { impersonation: Impersonation }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const confirm = useConfirm();
  if (impersonation.status !== 'running' || !can('impersonations:delete')) {
    return null;
  }
  const { id, operator_email: operator } = impersonation;
  return (
    <Button
      size="small"
      onClick={() =>
        confirm({
          title: t('impersonations.killTitle', { operator }),
          body: t('impersonations.killBody'),
          verb: t('sessions.end'),
          call: call('delete', '/impersonations/{impersonation_id}', { path: { impersonation_id: id } }),
          done: t('impersonations.ended'),
          refresh: ['/impersonations'],
          isDanger: true,
        })
      }
    >
      {t('sessions.end')}
    </Button>
  );
}
