/** Signing in without a password: the button that asks the reader's authenticator. */
import { call } from '@tenantry/sdk';
import { KeyRound } from 'lucide-react';
import { useState } from 'react';
import { clientOf, isStatus } from '../../app/api';
import type { Session } from '../../app/session';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { Wrong } from '../../ui/labelled';
import { Refusal } from '../../ui/trouble';
import { askPasskey, NoAnswer } from '../shared/passkeys';
import { type Enrolling, enrollingOf, type Waiting, waitingOf } from './waiting';

interface PasskeyButtonProps {
  slug: string;
  onSignedIn: (session: Session) => Promise<void>;
  /** A second factor that counts is to be set up first. */
  onEnrol: (enrolling: Enrolling) => void;
  /** Where a passkey is one factor: another one is wanted. */
  onWaiting?: (waiting: Waiting) => void;
}

/** The button, and what came of it. */
export default function PasskeyButton({ slug, onSignedIn, onEnrol, onWaiting }: PasskeyButtonProps) {
  const { t } = useTranslation();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const signIn = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const client = clientOf(slug);
      const { data: asked } = await client.send(call('post', '/auth/passkeys/challenge'));
      const credential = await askPasskey(asked.public_key);
      const body = { passkey_token: asked.passkey_token, credential };
      const { data } = await client.send(call('post', '/auth/session/passkey', { body }));
      await onSignedIn(data);
    } catch (thrown) {
      const [enrolling, waiting] = [enrollingOf(thrown), waitingOf(thrown)];
      if (enrolling) {
        onEnrol(enrolling);
      } else if (waiting && onWaiting) {
        onWaiting(waiting);
      } else {
        setError(thrown);
      }
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="space-y-3">
      {error !== undefined && <PasskeyTrouble error={error} />}
      <Button
        className="w-full"
        isBusy={isBusy}
        icon={<KeyRound aria-hidden className="size-4" />}
        onClick={() => void signIn()}
      >
        {t('signIn.passkey')}
      </Button>
    </div>
  );
}

function PasskeyTrouble({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (error instanceof NoAnswer) {
    return <Wrong>{t('passkeys.noAnswer')}</Wrong>;
  }
  if (isStatus(error, 409) && error.code === 'passkeys_unavailable') {
    return <Wrong>{t('passkeys.unavailable')}</Wrong>;
  }
  if (isStatus(error, 401)) {
    return <Wrong>{t(error.code === 'challenge_over' ? 'signIn.over' : 'signIn.passkeyRefused')}</Wrong>;
  }
  return <Refusal error={error} />;
}
