/** The groups in a group: their members get its roles as well. */
import { call, type Schemas } from '@tenantry/sdk';
import { useAll, useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { SelectField } from '../../forms/fields';
import { TenantLink } from '../../ui/link';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { Belongings } from '../shared/belongings';
import { REFRESH } from './members';

type Group = Schemas['GroupView'];

/** The card. */
export function NestedGroups({ group }: { group: Group }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const read = useRead(call('get', '/groups/{group_id}/groups', { path: { group_id: group.id } }));
  const groups = read.data?.data;
  return (
    <Belongings
      title={t('groups.nested')}
      help={t('groups.nestedHelp')}
      read={read}
      items={groups}
      itemId={({ id }) => id}
      line={({ id, name }) => (
        <TenantLink to={`/groups/${id}`} className="font-medium hover:underline">
          {name}
        </TenantLink>
      )}
      none={t('groups.noNested')}
      add={
        can('groups:manage')
          ? {
              label: t('groups.addNested'),
              form: (close) => (
                <NestForm group={group} without={[group, ...(groups ?? [])].map(({ id }) => id)} onDone={close} />
              ),
            }
          : undefined
      }
      remove={
        can('groups:manage')
          ? (child) => ({
              label: t('groups.removeOf', { name: child.name }),
              confirmation: {
                title: t('groups.removeTitle', { name: child.name }),
                body: t('groups.removeBody'),
                verb: t('groups.remove'),
                call: call('delete', '/groups/{group_id}/groups/{child_id}', {
                  path: { group_id: group.id, child_id: child.id },
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

function NestForm({ group, without, onDone }: { group: Group; without: readonly string[]; onDone: () => void }) {
  const { t } = useTranslation();
  const read = useAll('/groups');
  if (read.isError) {
    return <Trouble error={read.error} onRetry={() => void read.refetch()} />;
  }
  if (!read.data) {
    return <Skeleton lines={2} />;
  }
  const free = read.data.filter(({ id }) => !without.includes(id));
  if (free.length === 0) {
    return <p>{t('groups.noOther')}</p>;
  }
  return (
    <ApiForm
      defaultValues={{ group_id: free[0]?.id ?? '' }}
      labels={{ group_id: t('groups.group') }}
      call={({ group_id }) =>
        call('post', '/groups/{group_id}/groups', { path: { group_id: group.id }, body: { group_id } })
      }
      submitLabel={t('groups.addNested')}
      done={t('common.saved')}
      refresh={REFRESH}
      onDone={onDone}
    >
      <SelectField name="group_id" isRequired options={free.map(({ id, name }) => [id, name])} />
    </ApiForm>
  );
}
