/** An invitation of one person. */
import { call } from '@tenantry/sdk';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { TextField } from '../../forms/fields';
import { Section, SettingsPage } from '../../templates/settings-page';
import { useGo } from '../../ui/link';
import { TermFields, useTermLabels } from './fields';
import { TERMS, termsOf } from './model';

const EMPTY = { email: '', first_name: '', last_name: '', ...TERMS };

/** The page. */
export function InvitationCreate() {
  const { t } = useTranslation();
  const go = useGo();
  return (
    <SettingsPage title={t('invitations.create')} back={{ to: '/invitations', label: t('places.invitations') }}>
      <Section title={t('invitations.one')} help={t('invitations.oneHelp')}>
        <ApiForm
          defaultValues={EMPTY}
          labels={{
            email: t('fields.email'),
            first_name: t('fields.first_name'),
            last_name: t('fields.last_name'),
            ...useTermLabels(),
          }}
          call={(values) =>
            call('post', '/users/invite', {
              body: {
                email: values.email.trim(),
                first_name: values.first_name || null,
                last_name: values.last_name || null,
                ...termsOf(values),
              },
            })
          }
          submitLabel={t('invitations.create')}
          done={t('invitations.created')}
          refresh={['/invites', '/audit/logs']}
          onDone={() => go('/invitations', { isForced: true })}
        >
          <TextField name="email" type="email" isRequired />
          <div className="grid gap-5 sm:grid-cols-2">
            <TextField name="first_name" />
            <TextField name="last_name" />
          </div>
          <TermFields />
        </ApiForm>
      </Section>
    </SettingsPage>
  );
}
