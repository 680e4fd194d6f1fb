/** The second step of signing in: a code of an authenticator app, a backup code, or a passkey. */
import { call } from '@tenantry/sdk';
import { type FormEvent, lazy, Suspense, useState } from 'react';
import { clientOf, isStatus } from '../../app/api';
import type { Session } from '../../app/session';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { Wrong } from '../../ui/labelled';
import { Refusal } from '../../ui/trouble';
import { CodeField } from '../shared/code-field';
import { hasPasskeys } from '../shared/passkeys';

const PasskeyButton = lazy(() => import('./passkey-button'));

/** A sign-in that waits. */
export interface Waiting {
  token: string;
  /** What it waits for: `totp`, `passkey`, `backup_code`. */
  methods: readonly string[];
}

interface SecondStepProps {
  slug: string;
  waiting: Waiting;
  onSignedIn: (session: Session) => Promise<void>;
  /** Back to the password: because the reader wants to, or because the time is over. */
  onBack: (isOver: boolean) => void;
}

/** The form. */
export default function SecondStep({ slug, waiting, onSignedIn, onBack }: SecondStepProps) {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  const [attempt, setAttempt] = useState(0);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const hasApp = waiting.methods.includes('totp');

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const body = { mfa_token: waiting.token, code: code.trim() };
      const { data } = await clientOf(slug).send(call('post', '/auth/session/challenge', { body }));
      await onSignedIn(data);
    } catch (thrown) {
      if (isStatus(thrown, 401) && thrown.code === 'challenge_over') {
        onBack(true);
        return;
      }
      setError(thrown);
      setAttempt((before) => before + 1);
    } finally {
      setBusy(false);
    }
  };

  return (
    <div className="space-y-4">
      <form onSubmit={(event) => void submit(event)} className="space-y-4">
        <CodeField
          label={t(hasApp ? 'signIn.code' : 'signIn.backupCode')}
          hint={t(hasApp ? 'signIn.codeHint' : 'signIn.backupCodeHint')}
          value={code}
          onChange={setCode}
          attempt={attempt}
        />
        {isStatus(error, 401) ? (
          <Wrong>{t('signIn.wrongCode')}</Wrong>
        ) : (
          error !== undefined && <Refusal error={error} />
        )}
        <Button type="submit" kind="primary" className="w-full" isBusy={isBusy}>
          {t('signIn.submit')}
        </Button>
      </form>
      {waiting.methods.includes('passkey') && hasPasskeys() && (
        <Suspense>
          <PasskeyButton slug={slug} onSignedIn={onSignedIn} />
        </Suspense>
      )}
      <Button kind="quiet" className="w-full" onClick={() => onBack(false)}>
        {t('signIn.firstStep')}
      </Button>
    </div>
  );
}
