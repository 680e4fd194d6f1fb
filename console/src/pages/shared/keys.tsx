/** API keys: what they say of themselves, issuing one, replacing one, revoking one. A key's text is shown once. */
import { call, type Schemas } from '@tenantry/sdk';
import { lazy, Suspense, useState } from 'react';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Badge, type Tone } from '../../ui/badge';
import { Button } from '../../ui/button';
import { useConfirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { Time } from '../../ui/format';
import { Skeleton } from '../../ui/skeleton';
import { REFRESH } from './key-refresh';
import { SecretDialog } from './secret';

// The forms come with their dialogs, not with every list of keys.
const IssueForm = lazy(() => import('./key-forms').then((forms) => ({ default: forms.IssueForm })));
const RotateForm = lazy(() => import('./key-forms').then((forms) => ({ default: forms.RotateForm })));

/** A key without its secret. */
export type ApiKey = Schemas['ApiKeyView'];

const TONES: Record<ApiKey['status'], Tone> = { active: 'good', expired: 'neutral', revoked: 'neutral' };

/** Whether a key can be used. */
export function KeyState({ status }: { status: ApiKey['status'] }) {
  const { t } = useTranslation();
  return <Badge tone={TONES[status]}>{t(`apiKeys.states.${status}`)}</Badge>;
}

/** What a key begins with, as short as it can be recognised by; the beginning is the tenant's and the same for all. */
export function KeyPrefix({ prefix }: { prefix: string }) {
  return (
    <span className="font-mono text-xs text-ink-soft" title={prefix}>
      {prefix.slice(0, 4)}…{prefix.slice(-12)}…
    </span>
  );
}

/** When a key was used, and until when it can be. */
export function KeyTimes({ apiKey }: { apiKey: ApiKey }) {
  const { t } = useTranslation();
  return (
    <>
      {apiKey.last_used_at ? (
        <>
          {t('sessions.used')} <Time at={apiKey.last_used_at} />
        </>
      ) : (
        t('apiKeys.neverUsed')
      )}
      {' · '}
      {t('members.until')} <Time at={apiKey.revoked_at ?? apiKey.expires_at} isFull />
    </>
  );
}

interface IssueProps {
  /** The service account whose key it is to be; without one, the caller. */
  account?: { id: string; name: string };
  kind?: 'primary' | 'secondary';
}

/** The button that issues a key, and what follows. */
export function IssueKey({ account, kind }: IssueProps) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const [isAsked, setAsked] = useState(false);
  const [issued, setIssued] = useState<string>();
  if (!can('api_keys:create')) {
    return null;
  }
  return (
    <>
      <Button kind={kind} size={kind === 'primary' ? 'normal' : 'small'} onClick={() => setAsked(true)}>
        {t('apiKeys.create')}
      </Button>
      {isAsked && (
        <Dialog title={t('apiKeys.create')} shape="wide" onClose={() => setAsked(false)}>
          <Suspense fallback={<Skeleton lines={6} />}>
            <IssueForm
              account={account}
              onDone={(key) => {
                setAsked(false);
                setIssued(key);
              }}
            />
          </Suspense>
        </Dialog>
      )}
      {issued && <KeyDialog title={t('apiKeys.created')} secret={issued} onClose={() => setIssued(undefined)} />}
    </>
  );
}

function KeyDialog({ title, secret, onClose }: { title: string; secret: string; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <SecretDialog
      title={title}
      label={t('apiKeys.one')}
      secret={secret}
      help={t('apiKeys.secretHelp')}
      onClose={onClose}
    />
  );
}

/** Where a replaced key's successor is shown: beside the list, because its rows may move while it is on the screen. */
export function useShownKey() {
  const { t } = useTranslation();
  const [shown, show] = useState<string>();
  const dialog = shown && <KeyDialog title={t('apiKeys.rotated')} secret={shown} onClose={() => show(undefined)} />;
  return { show, dialog };
}

interface KeyActionsProps {
  apiKey: ApiKey;
  /** Only one's own keys and those of service accounts can be replaced. */
  mayRotate: boolean;
  onRotated: (key: string) => void;
}

/** Replace and revoke, for a key that can be used. */
export function KeyActions({ apiKey, mayRotate, onRotated }: KeyActionsProps) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const confirm = useConfirm();
  const [isAsked, setAsked] = useState(false);
  const path = { api_key_id: apiKey.id };
  const isUsable = apiKey.status === 'active';
  return (
    <span className="inline-flex gap-2">
      {isUsable && mayRotate && can('api_keys:create') && !apiKey.replaced_by && (
        <Button size="small" aria-label={t('apiKeys.rotateOf', { name: apiKey.name })} onClick={() => setAsked(true)}>
          {t('apiKeys.rotate')}
        </Button>
      )}
      {isUsable && can('api_keys:delete') && (
        <Button
          size="small"
          aria-label={t('apiKeys.revokeOf', { name: apiKey.name })}
          onClick={() =>
            confirm({
              title: t('apiKeys.revokeTitle', { name: apiKey.name }),
              body: t('apiKeys.revokeBody'),
              verb: t('apiKeys.revoke'),
              call: call('delete', '/api-keys/{api_key_id}', { path }),
              done: t('apiKeys.revoked'),
              refresh: REFRESH,
              isDanger: true,
            })
          }
        >
          {t('apiKeys.revoke')}
        </Button>
      )}
      {isAsked && (
        <Dialog title={t('apiKeys.rotateTitle', { name: apiKey.name })} onClose={() => setAsked(false)}>
          <Suspense fallback={<Skeleton lines={2} />}>
            <RotateForm
              id={apiKey.id}
              onDone={(key) => {
                setAsked(false);
                onRotated(key);
              }}
            />
          </Suspense>
        </Dialog>
      )}
    </span>
  );
}
