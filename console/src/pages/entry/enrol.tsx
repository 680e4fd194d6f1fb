/** A second factor on the way in: whoever must have one, and has none, sets it up here. */
import { call, type Schemas } from '@tenantry/sdk';
import { type FormEvent, useState } from 'react';
import { clientOf, isStatus } from '../../app/api';
import type { Session } from '../../app/session';
import type { TextKey } from '../../app/texts';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { CodeText } from '../../ui/curl';
import { Wrong } from '../../ui/labelled';
import { Refusal } from '../../ui/trouble';
import { CodeField } from '../shared/code-field';
import { hasPasskeys, KnownHere, makePasskey, NoAnswer } from '../shared/passkeys';
import { clientName } from '../shared/session-list';
import type { Enrolling } from './waiting';

type Kind = Schemas['MethodType'];
type SetUp = Schemas['MfaSetupView'];

const LABELS: Record<Kind, TextKey> = { totp: 'enrol.totp', email: 'enrol.email', sms: 'enrol.sms' };

interface EnrolProps {
  slug: string;
  enrolling: Enrolling;
  onSignedIn: (session: Session) => Promise<void>;
  /** Back to the password: because the reader wants to, or because the time is over. */
  onBack: (isOver: boolean) => void;
}

/** What to set up, its first code, and the backup codes. */
export default function Enrol({ slug, enrolling, onSignedIn, onBack }: EnrolProps) {
  const { t } = useTranslation();
  const [setUp, setSetUp] = useState<SetUp>();
  const [done, setDone] = useState<Schemas['EnrolledSession']>();
  const [code, setCode] = useState('');
  const [attempt, setAttempt] = useState(0);
  const [busy, setBusy] = useState<Kind | 'verify' | 'passkey'>();
  const [error, setError] = useState<unknown>();

  const attemptTo = async (what: Kind | 'verify' | 'passkey', work: () => Promise<void>) => {
    setBusy(what);
    setError(undefined);
    try {
      await work();
    } catch (thrown) {
      if (isStatus(thrown, 401)) {
        onBack(true);
        return;
      }
      setError(thrown);
      setAttempt((before) => before + 1);
    } finally {
      setBusy(undefined);
    }
  };
  const finish = async (session: Schemas['EnrolledSession']) => {
    if (session.backup_codes.length > 0) {
      setDone(session);
    } else {
      await onSignedIn(session);
    }
  };
  const begin = (kind: Kind) =>
    attemptTo(kind, async () => {
      const body = { enrollment_token: enrolling.token, type: kind };
      const { data } = await clientOf(slug).send(call('post', '/auth/mfa/enrollment/setup', { body }));
      setSetUp(data);
      setCode('');
    });
  const verify = (event: FormEvent) => {
    event.preventDefault();
    return attemptTo('verify', async () => {
      const kind = setUp?.type ?? 'totp';
      const body = { enrollment_token: enrolling.token, type: kind, code: code.replaceAll(' ', '') };
      const { data } = await clientOf(slug).send(call('post', '/auth/session/enrollment', { body }));
      await finish(data);
    });
  };

  const addPasskey = () =>
    attemptTo('passkey', async () => {
      const client = clientOf(slug);
      const begin = { enrollment_token: enrolling.token };
      const { data: begun } = await client.send(call('post', '/auth/mfa/enrollment/passkey/begin', { body: begin }));
      const credential = await makePasskey(begun.public_key);
      const name = clientName(navigator.userAgent);
      const body = { ...begin, challenge_token: begun.challenge_token, name, credential };
      const { data } = await client.send(call('post', '/auth/session/enrollment/passkey', { body }));
      await finish(data);
    });

  if (done) {
    return (
      <div className="space-y-4">
        <p>{t('mfa.codesHelp')}</p>
        <CodeText text={done.backup_codes.join('\n')} label={t('mfa.codesTitle')} copyLabel={t('mfa.copyCodes')} />
        <Button kind="primary" className="w-full" onClick={() => void onSignedIn(done)}>
          {t('secret.done')}
        </Button>
      </div>
    );
  }
  return (
    <div className="space-y-4">
      {setUp ? (
        <form onSubmit={(event) => void verify(event)} className="space-y-4">
          <FirstStep setUp={setUp} />
          <CodeField label={t('signIn.code')} value={code} onChange={setCode} attempt={attempt} isNumeric />
          {isStatus(error, 422) && <Wrong>{t('enrol.wrong')}</Wrong>}
          <Button type="submit" kind="primary" className="w-full" isBusy={busy === 'verify'}>
            {t('mfa.verify')}
          </Button>
        </form>
      ) : (
        <p>{t('enrol.help')}</p>
      )}
      {isStatus(error, 429) && <Wrong>{t('signIn.tooSoon')}</Wrong>}
      {error instanceof NoAnswer && <Wrong>{t('passkeys.noAnswer')}</Wrong>}
      {error instanceof KnownHere && <Wrong>{t('passkeys.knownHere')}</Wrong>}
      {error !== undefined && !isTold(error) && !(setUp && isStatus(error, 422)) && <Refusal error={error} />}
      {enrolling.kinds.map((kind) => (
        <Button key={kind} className="w-full" isBusy={busy === kind} onClick={() => void begin(kind)}>
          {t(LABELS[kind])}
        </Button>
      ))}
      {enrolling.mayMakePasskey && hasPasskeys() && (
        <Button className="w-full" isBusy={busy === 'passkey'} onClick={() => void addPasskey()}>
          {t('enrol.passkey')}
        </Button>
      )}
      <Button kind="quiet" className="w-full" onClick={() => onBack(false)}>
        {t('signIn.firstStep')}
      </Button>
    </div>
  );
}

/** What has a sentence of its own above. */
const isTold = (error: unknown) => isStatus(error, 429) || error instanceof NoAnswer || error instanceof KnownHere;

/** The secret of an app as a picture and as text, or where the first code has gone. */
function FirstStep({ setUp }: { setUp: SetUp }) {
  const { t } = useTranslation();
  if (!setUp.secret) {
    return <p role="status">{t('signIn.sent', { to: setUp.destination ?? '' })}</p>;
  }
  return (
    <>
      <p>{t('mfa.scan')}</p>
      {setUp.qr_code_svg && (
        <img
          src={`data:image/svg+xml,${encodeURIComponent(setUp.qr_code_svg)}`}
          alt={t('mfa.picture')}
          className="mx-auto size-48 rounded-md bg-white p-2"
        />
      )}
      <CodeText text={setUp.secret} label={t('mfa.secret')} copyLabel={t('secret.copy')} />
    </>
  );
}
