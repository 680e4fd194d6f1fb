/** The second step of signing in: a code of an authenticator app, one that is sent, a backup code, or a passkey. */
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
import { SendCode, type SentBy } from '../shared/send-code';
import { type Enrolling, enrollingOf, type Waiting } from './waiting';

const PasskeyButton = lazy(() => import('./passkey-button'));

interface SecondStepProps {
  slug: string;
  waiting: Waiting;
  onSignedIn: (session: Session) => Promise<void>;
  /** A second factor that counts is to be set up first. */
  onEnrol: (enrolling: Enrolling) => void;
  /** Back to the password: because the reader wants to, or because the time is over. */
  onBack: (isOver: boolean) => void;
}

/** The form. */
export default function SecondStep({ slug, waiting, onSignedIn, onEnrol, onBack }: SecondStepProps) {
  const { t } = useTranslation();
  const [code, setCode] = useState('');
  const [attempt, setAttempt] = useState(0);
  const [isTrusted, setTrusted] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const hasApp = waiting.methods.includes('totp');
  const hasSent = Object.keys(waiting.destinations).length > 0;
  const hint = hasApp ? 'signIn.codeHint' : hasSent ? 'signIn.codeHintSent' : 'signIn.backupCodeHint';
  const sendCode = async (method: SentBy) => {
    const body = { mfa_token: waiting.token, method };
    try {
      await clientOf(slug).send(call('post', '/auth/mfa/challenge/send', { body }));
    } catch (thrown) {
      if (isStatus(thrown, 401)) {
        onBack(true);
        return;
      }
      throw thrown;
    }
  };

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const body = { mfa_token: waiting.token, code: code.trim(), ...(isTrusted && { trust_device: true }) };
      const { data } = await clientOf(slug).send(call('post', '/auth/session/challenge', { body }));
      await onSignedIn(data);
    } catch (thrown) {
      if (isStatus(thrown, 401) && thrown.code === 'challenge_over') {
        onBack(true);
        return;
      }
      const enrolling = enrollingOf(thrown);
      if (enrolling) {
        onEnrol(enrolling);
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
          label={t(hasApp || hasSent ? 'signIn.code' : 'signIn.backupCode')}
          hint={t(hint)}
          value={code}
          onChange={setCode}
          attempt={attempt}
        />
        {waiting.trustDays > 0 && <Trust days={waiting.trustDays} isOn={isTrusted} onChange={setTrusted} />}
        {isStatus(error, 401) ? (
          <Wrong>{t('signIn.wrongCode')}</Wrong>
        ) : (
          error !== undefined && <Refusal error={error} />
        )}
        <Button type="submit" kind="primary" className="w-full" isBusy={isBusy}>
          {t('signIn.submit')}
        </Button>
      </form>
      <SendCode destinations={waiting.destinations} send={sendCode} />
      {waiting.methods.includes('passkey') && hasPasskeys() && (
        <Suspense>
          <PasskeyButton slug={slug} onSignedIn={onSignedIn} onEnrol={onEnrol} />
        </Suspense>
      )}
      <Button kind="quiet" className="w-full" onClick={() => onBack(false)}>
        {t('signIn.firstStep')}
      </Button>
    </div>
  );
}

/** Whether this browser stands for the second factor from now on. */
function Trust({ days, isOn, onChange }: { days: number; isOn: boolean; onChange: (isOn: boolean) => void }) {
  const { t } = useTranslation();
  return (
    <div className="flex items-start gap-2">
      <input
        id="trust"
        type="checkbox"
        className="mt-0.5 size-4 shrink-0 accent-accent"
        aria-describedby="trust-hint"
        checked={isOn}
        onChange={(event) => onChange(event.target.checked)}
      />
      <div>
        <label htmlFor="trust">{t('signIn.trust', { count: days })}</label>
        <p id="trust-hint" className="text-[0.8125rem] text-ink-soft">
          {t('signIn.trustHint')}
        </p>
      </div>
    </div>
  );
}
