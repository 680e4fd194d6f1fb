/** One's own profile, and everything about one's own security: password, second factors, sessions, keys, what has happened. */
import { type Answer, call, type Schemas } from '@tenantry/sdk';
import { lazy, type ReactNode, Suspense } from 'react';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { TextField } from '../../forms/fields';
import { Section, SettingsPage } from '../../templates/settings-page';
import { Button } from '../../ui/button';
import { useConfirm } from '../../ui/confirm';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { KeyList } from '../shared/key-list';
import { IssueKey } from '../shared/keys';
import { SecurityEvents, SignIns } from '../shared/security-lists';
import { SessionList } from '../shared/session-list';
import { usePages } from '../shared/use-pages';

const SecondFactors = lazy(() => import('./second-factors'));

type User = Schemas['UserView'];

const READ_SESSIONS = call('get', '/users/me/sessions');

/** The page. */
export function Account() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const read = useRead(call('get', '/users/me'));
  const signIns = usePages('/auth/history', {}, { limit: 10 });
  const events = usePages('/auth/security-events', {}, { limit: 10 });
  return (
    <SettingsPage title={t('places.account')} description={t('account.help')}>
      <Section title={t('account.profile')} help={t('account.profileHelp')}>
        {read.isPending && <Skeleton />}
        {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
        {read.data && <ProfileForm user={read.data.data} answer={read.data} />}
      </Section>
      <Section title={t('account.password')} help={t('account.passwordHelp')}>
        <PasswordForm />
      </Section>
      <Suspense fallback={<Skeleton lines={4} />}>
        <SecondFactors />
      </Suspense>
      <Section title={t('sessions.title')} help={t('account.sessionsHelp')}>
        <OwnSessions />
      </Section>
      {can('api_keys:read') && (
        <Section title={t('places.apiKeys')} help={t('account.keysHelp')}>
          <OwnKeys />
        </Section>
      )}
      <Section title={t('security.signIns')} help={t('account.signInsHelp')}>
        <Surface>
          <SignIns pages={signIns} />
        </Surface>
      </Section>
      <Section title={t('security.events')} help={t('account.eventsHelp')}>
        <Surface>
          <SecurityEvents pages={events} />
        </Surface>
      </Section>
    </SettingsPage>
  );
}

function Surface({ children }: { children: ReactNode }) {
  return <div className="rounded-lg border border-line bg-surface">{children}</div>;
}

function OwnKeys() {
  const { session } = useTenant();
  return (
    <div className="space-y-4">
      <Surface>
        <KeyList owner={session.user.id} mayRotate />
      </Surface>
      <IssueKey />
    </div>
  );
}

const toValues = (user: User) => ({
  first_name: user.first_name ?? '',
  last_name: user.last_name ?? '',
  phone: user.phone ?? '',
});

function ProfileForm({ user, answer }: { user: User; answer: Answer<User> }) {
  const { t } = useTranslation();
  const labels = { first_name: t('fields.first_name'), last_name: t('fields.last_name'), phone: t('fields.phone') };
  return (
    <ApiForm
      defaultValues={toValues(user)}
      labels={labels}
      call={({ first_name, last_name, phone }, ifMatch) =>
        call('put', '/users/me', {
          body: { first_name: first_name || null, last_name: last_name || null, ...(phone ? { phone } : {}) },
          ifMatch,
        })
      }
      versioned={{ etag: answer.etag, read: call('get', '/users/me'), toValues }}
      submitLabel={t('common.save')}
      done={t('common.saved')}
      refresh={['/users', '/auth/session']}
    >
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField name="first_name" autoComplete="given-name" />
        <TextField name="last_name" autoComplete="family-name" />
      </div>
      <TextField name="phone" type="tel" autoComplete="tel" hint={t('members.phoneHint')} />
    </ApiForm>
  );
}

const NO_PASSWORDS = { current_password: '', new_password: '', again: '' };

function PasswordForm() {
  const { t } = useTranslation();
  const labels = {
    current_password: t('account.currentPassword'),
    new_password: t('account.newPassword'),
    again: t('account.again'),
  };
  return (
    <ApiForm
      defaultValues={NO_PASSWORDS}
      labels={labels}
      call={({ current_password, new_password }) =>
        call('post', '/auth/change-password', { body: { current_password, new_password } })
      }
      submitLabel={t('account.changePassword')}
      done={t('account.passwordChanged')}
      refresh={['/users/me']}
      isReset
    >
      <TextField name="current_password" type="password" autoComplete="current-password" isRequired />
      <TextField
        name="new_password"
        type="password"
        autoComplete="new-password"
        isRequired
        hint={t('account.passwordHint')}
      />
      <TextField
        name="again"
        type="password"
        autoComplete="new-password"
        isRequired
        validate={(value, values) => (value === values.new_password ? undefined : t('account.notEqual'))}
      />
    </ApiForm>
  );
}

function OwnSessions() {
  const { t } = useTranslation();
  const { session } = useTenant();
  const confirm = useConfirm();
  const read = useRead(READ_SESSIONS);
  const common = { done: t('sessions.ended'), refresh: ['/users/me/sessions'], isDanger: true };
  const endOne = (id: string) =>
    confirm({
      ...common,
      title: t('sessions.endTitle'),
      body: t('sessions.endBody'),
      verb: t('sessions.end'),
      call: call('delete', '/users/me/sessions/{session_id}', { path: { session_id: id } }),
    });
  const endOthers = () =>
    confirm({
      ...common,
      title: t('sessions.endOthersTitle'),
      body: t('sessions.endOthersBody'),
      verb: t('sessions.endOthers'),
      call: call('delete', '/users/me/sessions'),
    });
  if (read.isPending) {
    return <Skeleton lines={3} />;
  }
  if (read.isError) {
    return <Trouble error={read.error} onRetry={() => void read.refetch()} />;
  }
  const hasOthers = read.data.data.some(({ id }) => id !== session.session_id);
  return (
    <div className="space-y-4">
      <div className="rounded-lg border border-line bg-surface">
        <SessionList
          sessions={read.data.data}
          current={session.session_id}
          actions={({ id }) =>
            id !== session.session_id && (
              <Button size="small" onClick={() => endOne(id)}>
                {t('sessions.end')}
              </Button>
            )
          }
        />
      </div>
      {hasOthers && <Button onClick={endOthers}>{t('sessions.endOthers')}</Button>}
    </div>
  );
}
