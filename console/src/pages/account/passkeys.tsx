/** One's own passkeys: the list, adding one, renaming and removing. */
import { call, type Schemas } from '@tenantry/sdk';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { isStatus, useAll } from '../../app/api';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { useConfirm } from '../../ui/confirm';
import { Time } from '../../ui/format';
import { Wrong } from '../../ui/labelled';
import { Skeleton } from '../../ui/skeleton';
import { Refusal, Trouble } from '../../ui/trouble';
import { hasPasskeys, KnownHere, makePasskey, NoAnswer } from '../shared/passkeys';
import { clientName } from '../shared/session-list';
import { STALE } from './backup-codes';
import { NameDialog } from './name-dialog';
import { useProven } from './proof';

type Passkey = Schemas['PasskeyView'];

/** The list, and the button under it. */
export function Passkeys({ onCodes }: { onCodes: (codes: readonly string[]) => void }) {
  const { t } = useTranslation();
  const read = useAll('/auth/passkeys');
  const [isAdding, setAdding] = useState(false);
  return (
    <div className="space-y-4">
      {read.isPending && <Skeleton lines={2} />}
      {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
      {read.data && (
        <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
          {read.data.length === 0 && <li className="p-4 text-ink-soft">{t('passkeys.none')}</li>}
          {read.data.map((passkey) => (
            <Row key={passkey.id} passkey={passkey} />
          ))}
        </ul>
      )}
      {hasPasskeys() ? (
        <Button onClick={() => setAdding(true)}>{t('passkeys.add')}</Button>
      ) : (
        <p className="text-ink-soft">{t('passkeys.notHere')}</p>
      )}
      {isAdding && <AddDialog onCodes={onCodes} onClose={() => setAdding(false)} />}
    </div>
  );
}

function Row({ passkey }: { passkey: Passkey }) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const send = useProven();
  const [isRenaming, setRenaming] = useState(false);
  const { id, name } = passkey;
  const remove = () => {
    const target = call('delete', '/auth/passkeys/{passkey_id}', { path: { passkey_id: id } });
    confirm({
      title: t('passkeys.removeTitle', { name }),
      body: t('passkeys.removeBody'),
      verb: t('passkeys.remove'),
      call: target,
      send: () => send(target),
      done: t('passkeys.removed'),
      refresh: STALE,
      isDanger: true,
    });
  };
  return (
    <li className="flex flex-wrap items-center gap-3 px-4 py-2.5">
      <KeyRound aria-hidden className="size-5 shrink-0 text-ink-soft" />
      <div className="min-w-0 flex-1 basis-48">
        <p className="font-medium break-words">{name}</p>
        <p className="text-[0.8125rem] text-ink-soft">
          {passkey.last_used_at ? (
            <>
              {t('sessions.used')} <Time at={passkey.last_used_at} />
            </>
          ) : (
            t('passkeys.neverUsed')
          )}
        </p>
      </div>
      <Button size="small" aria-label={t('passkeys.renameOf', { name })} onClick={() => setRenaming(true)}>
        {t('passkeys.rename')}
      </Button>
      <Button size="small" aria-label={t('passkeys.removeOf', { name })} onClick={remove}>
        {t('passkeys.remove')}
      </Button>
      {isRenaming && <RenameDialog passkey={passkey} onClose={() => setRenaming(false)} />}
    </li>
  );
}

function RenameDialog({ passkey, onClose }: { passkey: Passkey; onClose: () => void }) {
  const { t } = useTranslation();
  const send = useProven();
  return (
    <NameDialog
      title={t('passkeys.renameTitle', { name: passkey.name })}
      initial={passkey.name}
      verb={t('common.save')}
      done={t('passkeys.renamed')}
      hint={t('passkeys.nameHint')}
      refresh={STALE}
      onClose={onClose}
      save={(name) =>
        send(call('put', '/auth/passkeys/{passkey_id}', { path: { passkey_id: passkey.id }, body: { name } }))
      }
    />
  );
}

interface AddProps {
  onCodes: (codes: readonly string[]) => void;
  onClose: () => void;
}

function AddDialog({ onCodes, onClose }: AddProps) {
  const { t } = useTranslation();
  const send = useProven();
  const save = async (name: string) => {
    const begun = await send(call('post', '/auth/passkeys/begin'));
    if (!begun) {
      return undefined;
    }
    const credential = await makePasskey(begun.data.public_key);
    const body = { challenge_token: begun.data.challenge_token, name, credential };
    const answer = await send(call('post', '/auth/passkeys', { body }));
    if (answer) {
      onCodes(answer.data.backup_codes);
    }
    return answer;
  };
  return (
    <NameDialog
      title={t('passkeys.addTitle')}
      help={t('passkeys.addHelp')}
      initial={clientName(navigator.userAgent)}
      verb={t('passkeys.add')}
      done={t('passkeys.added')}
      hint={t('passkeys.nameHint')}
      refresh={STALE}
      trouble={(error) => <PasskeyTrouble error={error} />}
      onClose={onClose}
      save={save}
    />
  );
}

function PasskeyTrouble({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (error instanceof NoAnswer) {
    return <Wrong>{t('passkeys.noAnswer')}</Wrong>;
  }
  if (error instanceof KnownHere || (isStatus(error, 409) && error.code === 'passkey_taken')) {
    return <Wrong>{t('passkeys.knownHere')}</Wrong>;
  }
  if (isStatus(error, 409) && error.code === 'passkeys_unavailable') {
    return <Wrong>{t('passkeys.unavailable')}</Wrong>;
  }
  return <Refusal error={error} />;
}
