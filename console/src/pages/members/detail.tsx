/** One member: profile, roles, sessions, history. */
import { useParams } from '@tanstack/react-router';
import { call, type Schemas } from '@tenantry/sdk';
import { lazy, Suspense } from 'react';
import { useRead } from '../../app/api';
import { nameOf } from '../../app/session';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { DetailPage } from '../../templates/detail-page';
import { Button } from '../../ui/button';
import { Card, Facts } from '../../ui/card';
import { useConfirm } from '../../ui/confirm';
import { CurlButton } from '../../ui/curl';
import { Time } from '../../ui/format';
import { useGo } from '../../ui/link';
import { History } from '../shared/history';
import { ImpersonateMember } from '../shared/impersonate';
import { MemberForm } from './form';
import { MemberGroups } from './groups';
import { MemberRoles } from './roles';
import { RemoveSecondFactors } from './second-factors';
import { MemberEvents, MemberSecurity, MemberSignIns } from './security';
import { MemberSessions } from './sessions';
import { MemberState, RestoreButton, StateMenu } from './state';

const MemberDevices = lazy(() => import('./devices'));

type User = Schemas['UserView'];

/** The page. */
export function MemberDetail() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const { id } = useParams({ strict: false });
  const target = call('get', '/users/{user_id}', { path: { user_id: id as string } });
  return (
    <DetailPage
      read={useRead(target)}
      back={{ to: '/members', label: t('places.members') }}
      title={nameOf}
      description={({ email }) => email}
      badge={(user) => <MemberState user={user} />}
      actions={(user) => (
        <>
          <CurlButton isIcon target={() => target} />
          <ImpersonateMember user={user} />
          <StateMenu user={user} />
          {user.deleted_at ? <RestoreButton user={user} /> : <DeleteButton user={user} />}
        </>
      )}
      aside={(user) => (
        <>
          <MemberFacts user={user} />
          {can('user_security:read') && <MemberSecurity user={user} />}
          {can('roles:read') && <MemberRoles id={user.id} name={nameOf(user)} />}
          {can('groups:read') && <MemberGroups user={user} />}
        </>
      )}
    >
      {(user, answer) => (
        <>
          <Card title={t('members.person')}>
            <MemberForm user={user} etag={answer.etag} />
          </Card>
          {can('sessions:read') && <MemberSessions user={user} />}
          <Suspense>{can('devices:read') && <MemberDevices user={user} />}</Suspense>
          {can('user_security:read') ? (
            <>
              <MemberSignIns user={user} />
              <MemberEvents user={user} />
            </>
          ) : (
            <History type="user" id={user.id} />
          )}
        </>
      )}
    </DetailPage>
  );
}

function MemberFacts({ user }: { user: User }) {
  const { t } = useTranslation();
  return (
    <Card title={t('detail.facts')}>
      <Facts
        items={[
          [t('fields.last_login_at'), <Time key="login" at={user.last_login_at} />],
          [t('fields.email_verified'), t(user.email_verified ? 'common.yes' : 'common.no')],
          [
            t('fields.mfa_enabled'),
            <span key="mfa" className="flex flex-wrap items-center gap-2">
              {t(user.mfa_enabled ? 'common.yes' : 'common.no')}
              <RemoveSecondFactors user={user} />
            </span>,
          ],
          [t('fields.created_at'), <Time key="created" at={user.created_at} isFull />],
          [t('fields.updated_at'), <Time key="updated" at={user.updated_at} isFull />],
          [
            t('fields.id'),
            <code key="id" className="font-mono text-xs">
              {user.id}
            </code>,
          ],
        ]}
      />
    </Card>
  );
}

function DeleteButton({ user }: { user: User }) {
  const { t } = useTranslation();
  const { can, session } = useTenant();
  const confirm = useConfirm();
  const go = useGo();
  if (!can('users:delete') || user.id === session.user.id) {
    return null;
  }
  return (
    <Button
      onClick={() =>
        confirm({
          title: t('members.deleteTitle', { name: nameOf(user) }),
          body: t('members.deleteBody'),
          verb: t('members.delete'),
          call: call('delete', '/users/{user_id}', { path: { user_id: user.id } }),
          done: t('members.deleted'),
          refresh: ['/users'],
          isDanger: true,
          word: user.email,
          onDone: () => go('/members', { isForced: true }),
        })
      }
    >
      {t('members.delete')}
    </Button>
  );
}
