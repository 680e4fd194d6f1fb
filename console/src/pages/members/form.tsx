/** What can be changed of a member. */
import { call, type Schemas } from '@tenantry/sdk';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { TextField } from '../../forms/fields';

type User = Schemas['UserView'];

const toValues = (user: User) => ({
  first_name: user.first_name ?? '',
  last_name: user.last_name ?? '',
  phone: user.phone ?? '',
});

type Values = ReturnType<typeof toValues>;

/** A telephone number cannot be removed by the API, only replaced; an empty field leaves it. */
const toBody = ({ first_name, last_name, phone }: Values) => ({
  first_name: first_name || null,
  last_name: last_name || null,
  ...(phone ? { phone } : {}),
});

/** The form. */
export function MemberForm({ user, etag }: { user: User; etag: string | undefined }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const path = { user_id: user.id };
  return (
    <ApiForm
      key={user.id}
      defaultValues={toValues(user)}
      labels={{
        first_name: t('fields.first_name'),
        last_name: t('fields.last_name'),
        phone: t('fields.phone'),
      }}
      call={(values, ifMatch) => call('put', '/users/{user_id}', { path, body: toBody(values), ifMatch })}
      versioned={{ etag, read: call('get', '/users/{user_id}', { path }), toValues }}
      submitLabel={t('common.save')}
      done={t('common.saved')}
      refresh={['/users', '/audit/logs']}
      isDisabled={!can('users:update') || Boolean(user.deleted_at)}
    >
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField name="first_name" />
        <TextField name="last_name" />
      </div>
      <TextField name="phone" type="tel" hint={t('members.phoneHint')} />
    </ApiForm>
  );
}
