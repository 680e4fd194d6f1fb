/** Acting in a user's name: the button of operators, and the form that asks why, for how long and how far. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { call, type Schemas } from '@tenantry/sdk';
import { useMemo, useState } from 'react';
import { clientOf } from '../../app/api';
import { beginImpersonation, useImpersonation } from '../../app/impersonation';
import { nameOf } from '../../app/session';
import { TenantContext, useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { SelectField, TextArea, TextField } from '../../forms/fields';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Refusal } from '../../ui/trouble';

/** Whose name, and where. */
interface Target {
  tenant: { id: string; slug: string; name: string };
  /** Without one, the tenant's first administrator. */
  user?: { id: string; name: string };
}

/** On a tenant's page, for operators. */
export function ImpersonateTenant({ tenant }: { tenant: Schemas['TenantView'] }) {
  const { can, session, slug } = useTenant();
  const [isAsked, setAsked] = useState(false);
  const { t } = useTranslation();
  if (!can('impersonation:create') || tenant.status !== 'active' || tenant.id === session.tenant.id) {
    return null;
  }
  return (
    <>
      <Button onClick={() => setAsked(true)}>{t('impersonations.start')}</Button>
      {isAsked && <StartDialog target={{ tenant }} operatorSlug={slug} onClose={() => setAsked(false)} />}
    </>
  );
}

/** On a member's page, while an operator is in the tenant in somebody else's name. */
export function ImpersonateMember({ user }: { user: Schemas['UserView'] }) {
  const { t } = useTranslation();
  const scope = useTenant();
  const acted = useImpersonation();
  const [isAsked, setAsked] = useState(false);
  const operatorSlug = acted?.operatorSlug ?? scope.slug;
  const operator = useMemo(
    () => ({ ...scope, slug: operatorSlug, client: clientOf(operatorSlug) }),
    [scope, operatorSlug],
  );
  if (acted?.slug !== scope.slug || user.id === scope.session.user.id || user.status !== 'active') {
    return null;
  }
  const target = { tenant: scope.session.tenant, user: { id: user.id, name: nameOf(user) } };
  return (
    <>
      <Button onClick={() => setAsked(true)}>{t('impersonations.startAs')}</Button>
      {isAsked && (
        // The question goes to the operator's own tenant, with the operator's own session.
        <TenantContext value={operator}>
          <StartDialog target={target} operatorSlug={operatorSlug} onClose={() => setAsked(false)} />
        </TenantContext>
      )}
    </>
  );
}

const EMPTY = { reason: '', ticket: '', minutes: '30', mode: 'read-only', user_id: '' };
const MINUTES = ['5', '15', '30', '45', '60'] as const;
const MODES = ['read-only', 'read-write'] as const;

interface StartDialogProps {
  target: Target;
  operatorSlug: string;
  onClose: () => void;
}

function StartDialog({ target: { tenant, user }, operatorSlug, onClose }: StartDialogProps) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [error, setError] = useState<unknown>();
  const enter = async (token: Schemas['ImpersonationToken']) => {
    try {
      await beginImpersonation(cache, { slug: tenant.slug, tenantId: tenant.id, operatorSlug }, token);
      onClose();
      await navigate({ to: '/$tenant', params: { tenant: tenant.slug }, search: {} as never, ignoreBlocker: true });
    } catch (thrown) {
      setError(thrown);
    }
  };
  const who = user?.name ?? t('impersonations.firstAdmin');
  return (
    <Dialog title={t('impersonations.startTitle', { name: tenant.name })} onClose={onClose}>
      <div className="space-y-4">
        <p>{t('impersonations.startHelp', { who })}</p>
        {error !== undefined && <Refusal error={error} />}
        <ApiForm
          defaultValues={EMPTY}
          labels={{
            reason: t('audit.reason'),
            ticket: t('impersonations.ticket'),
            minutes: t('impersonations.minutes'),
            mode: t('impersonations.mode'),
            ...(user ? {} : { user_id: t('impersonations.userId') }),
          }}
          call={({ reason, ticket, minutes, mode, user_id }) =>
            call('post', '/auth/impersonate', {
              body: {
                tenant_id: tenant.id,
                reason,
                ticket: ticket || null,
                minutes: Number(minutes),
                mode: mode as Schemas['Mode'],
                user_id: user?.id ?? (user_id.trim() || null),
              },
            })
          }
          submitLabel={t('impersonations.start')}
          done={t('impersonations.started')}
          refresh={['/audit/logs']}
          onDone={({ data }) => void enter(data)}
        >
          <TextArea name="reason" isRequired hint={t('impersonations.reasonHint')} />
          <div className="grid gap-5 sm:grid-cols-2">
            <SelectField
              name="minutes"
              isRequired
              options={MINUTES.map((count) => [count, t('impersonations.minutesOf', { minutes: count })])}
            />
            <SelectField
              name="mode"
              isRequired
              options={MODES.map((mode) => [mode, t(`impersonations.modes.${mode}`)])}
            />
          </div>
          <TextField name="ticket" hint={t('impersonations.ticketHint')} />
          {!user && <TextField name="user_id" hint={t('impersonations.userIdHint')} />}
        </ApiForm>
      </div>
    </Dialog>
  );
}
