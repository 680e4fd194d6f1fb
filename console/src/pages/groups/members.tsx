/** Who is in a group, a page at a time; a membership can end by itself. */
import { call, type Schemas } from '@tenantry/sdk';
import { nameOf } from '../../app/session';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { TextField } from '../../forms/fields';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { Belongings } from '../shared/belongings';
import { PersonField } from '../shared/person-picker';
import { usePages } from '../shared/use-pages';

type Member = Schemas['MemberView'];
type Group = Schemas['GroupView'];

/** What is read again when something about a group changes. */
export const REFRESH = ['/groups', '/users', '/audit/logs'] as const;

/** The card. */
export function GroupMembers({ group }: { group: Group }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const path = { group_id: group.id };
  const { read, items: members, more } = usePages('/groups/{group_id}/members', { path }, { limit: 50 });
  const mayManage = can('groups:manage');
  return (
    <Belongings
      title={t('places.members')}
      read={read}
      items={members}
      itemId={({ user_id }) => user_id}
      line={(member) => <MemberLine member={member} />}
      none={t('groups.noMembers')}
      add={
        mayManage && can('users:read')
          ? {
              label: t('groups.addMember'),
              form: (close) => (
                <AddForm group={group} members={(members ?? []).map(({ user_id }) => user_id)} onDone={close} />
              ),
            }
          : undefined
      }
      remove={
        mayManage
          ? (member) => ({
              label: t('groups.removeOf', { name: nameOf(member) }),
              confirmation: {
                title: t('groups.removeTitle', { name: nameOf(member) }),
                body: t('groups.removeBody'),
                verb: t('groups.remove'),
                call: call('delete', '/groups/{group_id}/members/{user_id}', {
                  path: { group_id: group.id, user_id: member.user_id },
                }),
                done: t('common.saved'),
                refresh: REFRESH,
                isDanger: true,
              },
            })
          : undefined
      }
      onMore={more}
    />
  );
}

function MemberLine({ member }: { member: Member }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  return (
    <>
      {can('users:read') ? (
        <TenantLink to={`/members/${member.user_id}`} className="font-medium hover:underline">
          {nameOf(member)}
        </TenantLink>
      ) : (
        <span className="font-medium">{nameOf(member)}</span>
      )}
      <p className="text-[0.8125rem] text-ink-soft">
        {member.email}
        {member.expires_at && (
          <>
            {' · '}
            {t('members.until')} <Time at={member.expires_at} isFull />
          </>
        )}
      </p>
    </>
  );
}

function AddForm({ group, members, onDone }: { group: Group; members: readonly string[]; onDone: () => void }) {
  const { t } = useTranslation();
  return (
    <ApiForm
      defaultValues={{ user_id: '', expires_at: '' }}
      labels={{ user_id: t('groups.person'), expires_at: t('fields.expires_at') }}
      call={({ user_id, expires_at }) =>
        call('post', '/groups/{group_id}/members', {
          path: { group_id: group.id },
          body: { user_id, expires_at: expires_at ? new Date(expires_at).toISOString() : null },
        })
      }
      submitLabel={t('groups.addMember')}
      done={t('common.saved')}
      refresh={REFRESH}
      onDone={onDone}
    >
      <PersonField name="user_id" label={t('groups.person')} without={members} />
      <TextField name="expires_at" type="datetime-local" hint={t('members.untilHint')} />
    </ApiForm>
  );
}
