/** The roles that somebody or something holds: which there are, giving one, taking one away. */
import type { Answer, Call, Schemas } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { Belongings } from './belongings';
import { ChooseForm } from './choose-form';

type Held = Pick<Schemas['RoleSummary'], 'id' | 'name' | 'expires_at'>;

interface HeldRolesProps {
  help?: string;
  read: Call<Held[]>;
  /** Whether the roles can be changed. */
  mayChange: boolean;
  give: (body: Schemas['Assignment']) => Call;
  take: (role: string) => Call;
  /** What is asked before a role is taken away. */
  takeBody: string;
  /** What to say when there is no other role. */
  allHeld: string;
  refresh: readonly string[];
}

/** The card. */
export function HeldRoles(props: HeldRolesProps) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const read = useRead<Held[]>(props.read);
  const roles = (read.data as Answer<Held[]> | undefined)?.data;
  return (
    <Belongings
      title={t('places.roles')}
      help={props.help}
      read={read}
      items={roles}
      itemId={({ id }) => id}
      line={(role) => <RoleLine role={role} />}
      none={t('members.noRoles')}
      add={
        props.mayChange && can('roles:read')
          ? {
              label: t('members.giveRole'),
              form: (close) => (
                <ChooseForm
                  path="/roles"
                  field="role_id"
                  label={t('fields.role_id')}
                  without={(roles ?? []).map(({ id }) => id)}
                  none={props.allHeld}
                  mayExpire
                  call={(role_id, expires_at) => props.give({ role_id, expires_at })}
                  submitLabel={t('members.giveRole')}
                  refresh={props.refresh}
                  onDone={close}
                />
              ),
            }
          : undefined
      }
      remove={
        props.mayChange
          ? (role) => ({
              label: t('members.takeRoleOf', { role: role.name }),
              confirmation: {
                title: t('members.takeRoleTitle', { role: role.name }),
                body: props.takeBody,
                verb: t('members.takeRole'),
                call: props.take(role.id),
                done: t('common.saved'),
                refresh: props.refresh,
                isDanger: true,
              },
            })
          : undefined
      }
    />
  );
}

function RoleLine({ role }: { role: Held }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  return (
    <>
      {can('roles:read') ? (
        <TenantLink to={`/roles/${role.id}`} className="font-medium hover:underline">
          {role.name}
        </TenantLink>
      ) : (
        <span className="font-medium">{role.name}</span>
      )}
      {role.expires_at && (
        <p className="text-xs text-ink-soft">
          {t('members.until')} <Time at={role.expires_at} isFull />
        </p>
      )}
    </>
  );
}
