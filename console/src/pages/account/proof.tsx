/**
 * Proof of who one is, for what changes how one signs in. The server asks for it (`proof_too_old`) when signing in was a while
 * ago; the reader answers in a dialog, and the call is sent again.
 */
import { type Answer, type Call, call, type Schemas } from '@tenantry/sdk';
import { KeyRound } from 'lucide-react';
import { createContext, type FormEvent, type ReactNode, useCallback, useContext, useState } from 'react';
import { isStatus, useAll, useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Labelled, Wrong } from '../../ui/labelled';
import { Skeleton } from '../../ui/skeleton';
import { Refusal, Trouble } from '../../ui/trouble';
import { CodeField } from '../shared/code-field';
import { askPasskey, hasPasskeys, NoAnswer } from '../shared/passkeys';
import { type Destinations, destinationsOf, SendCode } from '../shared/send-code';

/** How one's own second factors are read. */
export const READ_FACTORS = call('get', '/auth/mfa');

/** Sends a call, with proof when it is asked for. Nothing comes back when the reader would rather not. */
export type SendProven = <Data>(target: Call<Data>) => Promise<Answer<Data> | undefined>;

const ProofContext = createContext<SendProven>(() => Promise.resolve(undefined));

/** How to send what may ask for proof. */
export function useProven(): SendProven {
  return useContext(ProofContext);
}

/** Provides `useProven` below it. */
export function ProofProvider({ children }: { children: ReactNode }) {
  const { client } = useTenant();
  const [asked, setAsked] = useState<{ answer: (isProven: boolean) => void }>();
  const send: SendProven = useCallback(
    async (target) => {
      try {
        return await client.send(target);
      } catch (error) {
        if (!isStatus(error, 401) || error.code !== 'proof_too_old') {
          throw error;
        }
      }
      const isProven = await new Promise<boolean>((answer) => setAsked({ answer }));
      setAsked(undefined);
      return isProven ? client.send(target) : undefined;
    },
    [client],
  );
  return (
    <ProofContext value={send}>
      {children}
      {asked && <ProofDialog onDone={() => asked.answer(true)} onClose={() => asked.answer(false)} />}
    </ProofContext>
  );
}

interface ProofProps {
  onDone: () => void;
  onClose: () => void;
}

/** Who has a second factor shows that; everybody else the password. */
function ProofDialog({ onDone, onClose }: ProofProps) {
  const { t } = useTranslation();
  const read = useRead(READ_FACTORS);
  return (
    <Dialog title={t('proof.title')} onClose={onClose}>
      {read.isPending && <Skeleton lines={3} />}
      {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
      {read.data && <ProofForm factors={read.data.data} onDone={onDone} onClose={onClose} />}
    </Dialog>
  );
}

/** Where codes can be sent to somebody who is signed in. */
function reachOf({ methods }: Schemas['MfaView']): Destinations {
  const usable = methods.filter(({ verified_at, destination }) => verified_at && destination);
  return destinationsOf(Object.fromEntries(usable.map(({ type, destination }) => [type, destination])));
}

function ProofForm({ factors, onDone, onClose }: ProofProps & { factors: Schemas['MfaView'] }) {
  const hasFactor = factors.mfa_enabled;
  const { t } = useTranslation();
  const { client } = useTenant();
  const passkeys = useAll('/auth/passkeys', {}, { enabled: hasPasskeys(), staleFor: 60_000 });
  const hasKey = (passkeys.data?.length ?? 0) > 0;
  const [value, setValue] = useState('');
  const [attempt, setAttempt] = useState(0);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const body = hasFactor ? { code: value.trim() } : { password: value };
      await client.send(call('post', '/auth/reauthenticate', { body }));
      onDone();
    } catch (thrown) {
      setError(thrown);
      setAttempt((before) => before + 1);
      setBusy(false);
    }
  };
  const prove = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const { data: asked } = await client.send(call('post', '/auth/passkeys/challenge'));
      const body = { passkey_token: asked.passkey_token, credential: await askPasskey(asked.public_key) };
      await client.send(call('post', '/auth/reauthenticate', { body }));
      onDone();
    } catch (thrown) {
      setError(thrown);
      setBusy(false);
    }
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="space-y-4">
      <p>{t(hasFactor ? 'proof.codeHelp' : 'proof.passwordHelp')}</p>
      {hasFactor ? (
        <CodeField
          label={t('signIn.code')}
          hint={t('signIn.codeHint')}
          value={value}
          onChange={setValue}
          attempt={attempt}
        />
      ) : (
        <Labelled label={t('fields.password')}>
          {(id) => (
            <input
              id={id}
              type="password"
              className="control"
              required
              autoComplete="current-password"
              value={value}
              onChange={(event) => setValue(event.target.value)}
            />
          )}
        </Labelled>
      )}
      {hasFactor && (
        <SendCode
          destinations={reachOf(factors)}
          send={(method) => client.send(call('post', '/auth/reauthenticate/send', { body: { method } }))}
        />
      )}
      {hasKey && (
        <Button
          className="w-full"
          isBusy={isBusy}
          icon={<KeyRound aria-hidden className="size-4" />}
          onClick={() => void prove()}
        >
          {t('proof.passkey')}
        </Button>
      )}
      {error instanceof NoAnswer ? (
        <Wrong>{t('passkeys.noAnswer')}</Wrong>
      ) : isStatus(error, 422) ? (
        <Wrong>{t(hasFactor ? 'signIn.wrongCode' : 'proof.wrongPassword')}</Wrong>
      ) : (
        error !== undefined && <Refusal error={error} />
      )}
      <div className="flex flex-wrap justify-end gap-2">
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button type="submit" kind="primary" isBusy={isBusy}>
          {t('proof.submit')}
        </Button>
      </div>
    </form>
  );
}
