/** What can be changed of a member. */
import { call, type Schemas } from '@tenantry/sdk';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { SelectField, TextField } from '../../forms/fields';
import { USER_STATES } from './states';

type User = Schemas['UserView'];

const toValues = (user: User) => ({
  first_name: user.first_name ?? '',
  last_name: user.last_name ?? '',
  phone: user.phone ?? '',
  status: user.status,
});

type Values = ReturnType<typeof toValues>;

/** A telephone number cannot be removed by the API, only replaced; an empty field leaves it. */
const toBody = ({ first_name, last_name, phone, status }: Values) => ({
  first_name: first_name || null,
  last_name: last_name || null,
  ...(phone ? { phone } : {}),
  status,
});

/** The form. */
export function MemberForm({ user, etag }: { user: User; etag: string | undefined }) {
  const { t } = useTranslation();
  const { can, session } = useTenant();
  const path = { user_id: user.id };
  const isSelf = user.id === session.user.id;
  return (
    <ApiForm
      key={`${user.id}/${user.status}`}
      defaultValues={toValues(user)}
      labels={{
        first_name: t('fields.first_name'),
        last_name: t('fields.last_name'),
        phone: t('fields.phone'),
        status: t('fields.status'),
      }}
      call={(values, ifMatch) => {
        const { status, ...others } = toBody(values);
        return call('put', '/users/{user_id}', { path, body: isSelf ? others : { ...others, status }, ifMatch });
      }}
      versioned={{ etag, read: call('get', '/users/{user_id}', { path }), toValues }}
      submitLabel={t('common.save')}
      done={t('common.saved')}
      refresh={['/users', '/audit/logs']}
      isDisabled={!can('users:update')}
    >
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField name="first_name" />
        <TextField name="last_name" />
      </div>
      <TextField name="phone" type="tel" hint={t('members.phoneHint')} />
      {!isSelf && (
        <SelectField
          name="status"
          isRequired
          hint={t('members.statusHint')}
          options={USER_STATES.map((state) => [state, t(`members.states.${state}`)])}
        />
      )}
    </ApiForm>
  );
}
