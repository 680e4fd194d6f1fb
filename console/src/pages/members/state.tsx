/** The state of a member: showing it, changing it with a reason, taking a deletion back. */
import { call, type Schemas } from '@tenantry/sdk';
import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import { nameOf } from '../../app/session';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { TextArea } from '../../forms/fields';
import { Badge, toneOf } from '../../ui/badge';
import { Button } from '../../ui/button';
import { useConfirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { Menu, MenuItem } from '../../ui/menu';
import { NEXT_STATES } from './states';

type User = Schemas['UserView'];

const REFRESH = ['/users', '/audit/logs'] as const;

/** The state, or that the member is deleted. */
export function MemberState({ user }: { user: User }) {
  const { t } = useTranslation();
  return user.deleted_at ? (
    <Badge tone="danger">{t('members.deletedState')}</Badge>
  ) : (
    <Badge tone={toneOf(user.status)}>{t(`members.states.${user.status}`)}</Badge>
  );
}

/** The states that may follow. Nobody changes their own. */
export function StateMenu({ user }: { user: User }) {
  const { t } = useTranslation();
  const { can, session } = useTenant();
  const [next, setNext] = useState<User['status']>();
  if (!can('users:update') || user.id === session.user.id || user.deleted_at) {
    return null;
  }
  return (
    <>
      <Menu
        label={t('members.changeState')}
        trigger={
          <Button>
            {t('members.changeState')}
            <ChevronDown aria-hidden className="size-4" />
          </Button>
        }
      >
        {NEXT_STATES[user.status].map((state) => (
          <MenuItem key={state} isDanger={state !== 'active'} onSelect={() => setNext(state)}>
            {t(`members.states.${state}`)}
          </MenuItem>
        ))}
      </Menu>
      {next && <StateDialog user={user} next={next} onClose={() => setNext(undefined)} />}
    </>
  );
}

function StateDialog({ user, next, onClose }: { user: User; next: User['status']; onClose: () => void }) {
  const { t } = useTranslation();
  const name = nameOf(user);
  const state = t(`members.states.${next}`);
  return (
    <Dialog title={t('members.stateTitle', { name, state })} onClose={onClose}>
      <div className="space-y-4">
        <p>{t(`members.stateBody.${next}`)}</p>
        <ApiForm
          defaultValues={{ status_reason: '' }}
          labels={{ status_reason: t('audit.reason') }}
          call={({ status_reason }) =>
            call('put', '/users/{user_id}', {
              path: { user_id: user.id },
              body: { status: next, status_reason: status_reason || null },
            })
          }
          submitLabel={t('members.changeState')}
          done={t('common.saved')}
          refresh={REFRESH}
          onDone={onClose}
        >
          <TextArea name="status_reason" hint={t('members.reasonHint')} />
        </ApiForm>
      </div>
    </Dialog>
  );
}

/** For a deleted member: back to the state from which they were deleted. */
export function RestoreButton({ user }: { user: User }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const confirm = useConfirm();
  if (!can('users:delete')) {
    return null;
  }
  return (
    <Button
      onClick={() =>
        confirm({
          title: t('members.restoreTitle', { name: nameOf(user) }),
          body: t('members.restoreBody'),
          verb: t('members.restore'),
          call: call('post', '/users/{user_id}/restore', { path: { user_id: user.id } }),
          done: t('members.restored'),
          refresh: REFRESH,
        })
      }
    >
      {t('members.restore')}
    </Button>
  );
}
