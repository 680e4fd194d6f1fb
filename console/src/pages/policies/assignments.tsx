/** Whom a policy concerns: users, roles and groups, or everybody. */
import { call, type Schemas } from '@tenantry/sdk';
import { lazy, Suspense } from 'react';
import { useAll } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { TenantLink } from '../../ui/link';
import { Skeleton } from '../../ui/skeleton';
import { Belongings } from '../shared/belongings';
import { Person } from '../shared/person';

type Policy = Schemas['PolicyView'];
type Assignment = Schemas['AssignmentView'];

const AssignForm = lazy(() => import('./assign-form'));

/** What is read again when assignments change. */
export const REFRESH = ['/policies', '/audit/logs'] as const;

/** Every assignment of a policy. */
export function useAssignments(id: string, isEnabled = true) {
  return useAll('/policies/{policy_id}/assignments', { path: { policy_id: id } }, { enabled: isEnabled });
}

/** The card. */
export function PolicyAssignments({ policy }: { policy: Policy }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const read = useAssignments(policy.id);
  const mayChange = can('policies:update');
  return (
    <Belongings
      title={t('policies.assignments')}
      help={t('policies.assignmentsHelp')}
      read={read}
      items={read.data}
      itemId={({ id }) => id}
      line={(assignment) => <Line assignment={assignment} />}
      none={t('policies.everybody')}
      add={
        mayChange
          ? {
              label: t('policies.assign'),
              form: (close) => (
                <Suspense fallback={<Skeleton lines={2} />}>
                  <AssignForm policy={policy} onDone={close} />
                </Suspense>
              ),
            }
          : undefined
      }
      remove={
        mayChange
          ? (assignment) => ({
              label: t('policies.unassign'),
              confirmation: {
                title: t('policies.unassignTitle'),
                body: t('policies.unassignBody'),
                verb: t('policies.unassign'),
                call: call('delete', '/policies/{policy_id}/assignments/{assignment_id}', {
                  path: { policy_id: policy.id, assignment_id: assignment.id },
                }),
                done: t('common.saved'),
                refresh: REFRESH,
                isDanger: true,
              },
            })
          : undefined
      }
    />
  );
}

function Line({ assignment: { assignee_type, assignee_id } }: { assignment: Assignment }) {
  const { t } = useTranslation();
  return (
    <>
      <span className="font-medium">
        {assignee_type === 'user' ? (
          <Person id={assignee_id} />
        ) : (
          <Named path={assignee_type === 'role' ? '/roles' : '/groups'} id={assignee_id} />
        )}
      </span>
      <span className="block text-xs text-ink-soft">{t(`policies.assignees.${assignee_type}`)}</span>
    </>
  );
}

function Named({ path, id }: { path: '/roles' | '/groups'; id: string }) {
  const { can } = useTenant();
  const read = useAll(path, {}, { enabled: can(path === '/roles' ? 'roles:read' : 'groups:read') });
  const name = (read.data as readonly { id: string; name: string }[] | undefined)?.find((each) => each.id === id)?.name;
  return (
    <TenantLink to={`${path}/${id}`} className="hover:underline">
      {name ?? <code className="font-mono text-xs">{id.slice(-6)}</code>}
    </TenantLink>
  );
}
