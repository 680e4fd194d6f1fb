/** A new member. */
import { call } from '@tenantry/sdk';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { CheckField, TextField } from '../../forms/fields';
import { Section, SettingsPage } from '../../templates/settings-page';
import { useGo } from '../../ui/link';

const EMPTY = { email: '', first_name: '', last_name: '', phone: '', password: '', email_verified: true };

/** The page. */
export function MemberCreate() {
  const { t } = useTranslation();
  const go = useGo();
  const labels = {
    email: t('fields.email'),
    first_name: t('fields.first_name'),
    last_name: t('fields.last_name'),
    phone: t('fields.phone'),
    password: t('fields.password'),
    email_verified: t('members.vouch'),
  };
  return (
    <SettingsPage title={t('members.create')} back={{ to: '/members', label: t('places.members') }}>
      <Section title={t('members.person')} help={t('members.personHelp')}>
        <ApiForm
          defaultValues={EMPTY}
          labels={labels}
          call={(values) =>
            call('post', '/users', {
              body: {
                email: values.email,
                first_name: values.first_name || null,
                last_name: values.last_name || null,
                phone: values.phone || null,
                password: values.password || null,
                email_verified: values.email_verified,
              },
            })
          }
          submitLabel={t('members.create')}
          done={t('members.created')}
          refresh={['/users']}
          onDone={({ data }) => go(`/members/${data.id}`, { isForced: true })}
        >
          <TextField name="email" type="email" isRequired />
          <div className="grid gap-5 sm:grid-cols-2">
            <TextField name="first_name" />
            <TextField name="last_name" />
          </div>
          <TextField name="phone" type="tel" hint={t('members.phoneHint')} />
          <TextField name="password" type="password" autoComplete="new-password" hint={t('members.passwordHint')} />
          <CheckField name="email_verified" hint={t('members.vouchHint')} />
        </ApiForm>
      </Section>
    </SettingsPage>
  );
}
