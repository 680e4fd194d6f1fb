/** The fields of an identity provider, by its kind; the forms of a new one and of a known one share them. */
import { useAll } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { CheckField, SelectField, TextField } from '../../forms/fields';
import { useForm } from '../../forms/form-state';
import { filled, ListField } from '../../forms/list-field';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { GroupRolesField } from './group-roles-field';
import { directoryProblem, domainProblem, issuerProblem, type ProviderKind, USER } from './model';

/** The labels of all fields. */
export function useProviderLabels() {
  const { t } = useTranslation();
  return {
    type: t('fields.kind'),
    name: t('fields.name'),
    slug: t('fields.slug'),
    issuer: t('clients.issuer'),
    directory_id: t('providers.directory'),
    hosted_domain: t('providers.hostedDomain'),
    client_id: t('clients.clientId'),
    client_secret: t('clients.secret'),
    email_domains: t('providers.emailDomains'),
    trusts_email: t('providers.trustsEmail'),
    auto_provision: t('providers.autoProvision'),
    default_role_id: t('providers.defaultRole'),
    groups_claim: t('providers.groupsClaim'),
    group_roles: t('providers.groupRoles'),
    redirect_uris: t('clients.redirectUris'),
    enabled: t('providers.enabled'),
  };
}

interface AddressProps {
  kind: ProviderKind;
  /** Whether a secret must be typed, and what to say about it. */
  needsSecret: boolean;
  secretHint: string;
  /** Operators change no issuer and take no Workspace domain away. */
  isOperated?: boolean;
  /** Whether there is a Workspace domain to keep. */
  keepsDomain?: boolean;
}

/** Where the provider is, and what this organisation is called there. */
export function AddressFields({ kind, needsSecret, secretHint, isOperated, keepsDomain }: AddressProps) {
  const { t } = useTranslation();
  return (
    <>
      {kind === 'microsoft' && (
        <TextField
          name="directory_id"
          isRequired
          hint={t('providers.directoryHint')}
          placeholder="5d0a6f3e-7a10-4c5c-9b3e-2f1d1c0b9a87"
          validate={(value) => directoryProblem(String(value), t)}
        />
      )}
      {kind === 'google' && (
        <TextField
          name="hosted_domain"
          isRequired={keepsDomain}
          hint={keepsDomain ? t('operated.keepsDomain') : t('providers.hostedDomainHint')}
          placeholder="example.com"
          validate={(value) => (value ? domainProblem(String(value), t) : undefined)}
        />
      )}
      {kind === 'oidc' && !isOperated && (
        <TextField
          name="issuer"
          type="url"
          isRequired
          hint={t('providers.issuerHint')}
          placeholder="https://login.example.com"
          validate={(value) => issuerProblem(String(value), t)}
        />
      )}
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField name="client_id" isRequired />
        <TextField
          name="client_secret"
          type="password"
          autoComplete="new-password"
          isRequired={needsSecret}
          hint={secretHint}
        />
      </div>
    </>
  );
}

/** Whose addresses may come in. */
export function DomainsField() {
  const { t } = useTranslation();
  return (
    <ListField
      name="email_domains"
      placeholder="example.com"
      hint={t('providers.emailDomainsHint')}
      addLabel={t('providers.addDomain')}
      check={(line) => domainProblem(line, t)}
    />
  );
}

/** Who comes in, and what they get. */
export function PeopleFields() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const { values } = useForm();
  const hasDomains = filled(values.email_domains).length > 0;
  const roles = useAll('/roles', {}, { enabled: can('roles:read'), staleFor: 60_000 });
  const isNew = values.auto_provision === true;
  return (
    <>
      <DomainsField />
      {hasDomains && <CheckField name="trusts_email" hint={t('providers.trustsEmailHint')} />}
      <CheckField name="auto_provision" hint={t('providers.autoProvisionHint')} />
      {can('roles:read') && roles.isPending && <Skeleton lines={2} />}
      {roles.isError && <Trouble error={roles.error} onRetry={() => void roles.refetch()} />}
      {roles.data && (
        <>
          {isNew && (
            <SelectField
              name="default_role_id"
              isRequired
              hint={t('providers.defaultRoleHint')}
              options={[
                [USER, USER],
                ...roles.data.filter(({ name }) => name !== USER).map(({ id, name }) => [id, name] as const),
              ]}
            />
          )}
          <GroupRolesField name="group_roles" roles={roles.data} />
          <TextField name="groups_claim" hint={t('providers.groupsClaimHint')} />
        </>
      )}
    </>
  );
}
