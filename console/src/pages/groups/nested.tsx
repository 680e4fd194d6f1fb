/** The groups in a group: their members get its roles as well. */
import { call, type Schemas } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { TenantLink } from '../../ui/link';
import { Belongings } from '../shared/belongings';
import { ChooseForm } from '../shared/choose-form';
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
                <ChooseForm
                  path="/groups"
                  field="group_id"
                  label={t('groups.group')}
                  without={[group, ...(groups ?? [])].map(({ id }) => id)}
                  none={t('groups.noOther')}
                  call={(group_id) =>
                    call('post', '/groups/{group_id}/groups', { path: { group_id: group.id }, body: { group_id } })
                  }
                  submitLabel={t('groups.addNested')}
                  refresh={REFRESH}
                  onDone={close}
                />
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
