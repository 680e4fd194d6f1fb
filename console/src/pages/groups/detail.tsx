/** One group: what it is called, who is in it, which groups are in it, which roles it gives. */
import { useParams } from '@tanstack/react-router';
import { type Answer, call, type Schemas } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { TextArea, TextField } from '../../forms/fields';
import { DetailPage } from '../../templates/detail-page';
import { Button } from '../../ui/button';
import { Card, Facts } from '../../ui/card';
import { useConfirm } from '../../ui/confirm';
import { CurlButton } from '../../ui/curl';
import { Time } from '../../ui/format';
import { useGo } from '../../ui/link';
import { History } from '../shared/history';
import { GroupMembers } from './members';
import { NestedGroups } from './nested';
import { GroupRoles } from './roles';

type Group = Schemas['GroupView'];

const toValues = ({ name, description }: Group) => ({ name, description: description ?? '' });

/** The page. */
export function GroupDetail() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const { id } = useParams({ strict: false });
  const target = call('get', '/groups/{group_id}', { path: { group_id: id as string } });
  return (
    <DetailPage
      read={useRead(target)}
      back={{ to: '/groups', label: t('places.groups') }}
      title={({ name }) => name}
      description={({ description }) => description}
      actions={(group) => (
        <>
          <CurlButton isIcon target={() => target} />
          <DeleteButton group={group} />
        </>
      )}
      aside={(group) => (
        <>
          <GroupRoles group={group} />
          <NestedGroups group={group} />
          <Card title={t('detail.facts')}>
            <Facts
              items={[
                [t('fields.created_at'), <Time key="created" at={group.created_at} isFull />],
                [t('fields.updated_at'), <Time key="updated" at={group.updated_at} isFull />],
                [
                  t('fields.id'),
                  <code key="id" className="font-mono text-xs">
                    {group.id}
                  </code>,
                ],
              ]}
            />
          </Card>
        </>
      )}
    >
      {(group, answer) => (
        <>
          <GroupMembers group={group} />
          {can('groups:update') && (
            <Card title={t('groups.about')}>
              <GroupForm group={group} answer={answer} />
            </Card>
          )}
          <History type="group" id={group.id} />
        </>
      )}
    </DetailPage>
  );
}

function GroupForm({ group, answer }: { group: Group; answer: Answer<Group> }) {
  const { t } = useTranslation();
  const path = { group_id: group.id };
  return (
    <ApiForm
      key={group.id}
      defaultValues={toValues(group)}
      labels={{ name: t('fields.name'), description: t('fields.description') }}
      call={({ name, description }, ifMatch) =>
        call('put', '/groups/{group_id}', { path, body: { name, description: description || null }, ifMatch })
      }
      versioned={{ etag: answer.etag, read: call('get', '/groups/{group_id}', { path }), toValues }}
      submitLabel={t('common.save')}
      done={t('common.saved')}
      refresh={['/groups', '/audit/logs']}
    >
      <TextField name="name" isRequired />
      <TextArea name="description" />
    </ApiForm>
  );
}

function DeleteButton({ group }: { group: Group }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const confirm = useConfirm();
  const go = useGo();
  if (!can('groups:delete')) {
    return null;
  }
  return (
    <Button
      onClick={() =>
        confirm({
          title: t('groups.deleteTitle', { name: group.name }),
          body: t('groups.deleteBody'),
          verb: t('groups.delete'),
          call: call('delete', '/groups/{group_id}', { path: { group_id: group.id } }),
          done: t('groups.deleted'),
          refresh: ['/groups'],
          isDanger: true,
          word: group.name,
          onDone: () => go('/groups', { isForced: true }),
        })
      }
    >
      {t('groups.delete')}
    </Button>
  );
}
