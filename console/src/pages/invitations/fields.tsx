/** What invitations have in common, be it one or many: roles, language, how long the link counts. */
import { useAll } from '../../app/api';
import { LANGUAGES } from '../../app/i18n';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ChoicesField } from '../../forms/choices-field';
import { SelectField } from '../../forms/fields';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { DAYS } from './model';

/** Their labels. */
export function useTermLabels() {
  const { t } = useTranslation();
  return {
    role_ids: t('places.roles'),
    language: t('preferences.language'),
    expires_in_days: t('invitations.life'),
  };
}

/** The fields. */
export function TermFields() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const roles = useAll('/roles', {}, { enabled: can('roles:read'), staleFor: 60_000 });
  return (
    <>
      {can('roles:read') && roles.isPending && <Skeleton lines={2} />}
      {roles.isError && <Trouble error={roles.error} onRetry={() => void roles.refetch()} />}
      {roles.data && (
        <ChoicesField
          name="role_ids"
          hint={t('invitations.rolesHint')}
          options={roles.data.map(({ id, name }) => [id, name])}
          validate={(value) => ((value as string[]).length > 20 ? t('invitations.wrong.roles') : undefined)}
        />
      )}
      <div className="grid gap-5 sm:grid-cols-2">
        <SelectField
          name="language"
          isRequired={false}
          hint={t('invitations.languageHint')}
          options={[['', t('invitations.ownLanguage')], ...Object.entries(LANGUAGES)]}
        />
        <SelectField
          name="expires_in_days"
          isRequired
          options={DAYS.map((days) => [days, t('invitations.days', { count: Number(days) })])}
        />
      </div>
    </>
  );
}
