/** Has a code sent by e-mail or text message, as often as the server lets one. */
import { useState } from 'react';
import { isStatus } from '../../app/api';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { Wrong } from '../../ui/labelled';
import { Refusal } from '../../ui/trouble';

/** How a code gets to somebody. */
export type SentBy = 'email' | 'sms';

/** Where codes go, in part, by method. */
export type Destinations = Readonly<Partial<Record<SentBy, string>>>;

interface SendCodeProps {
  destinations: Destinations;
  send: (method: SentBy) => Promise<unknown>;
}

/** A button for each way, and what became of the last one. */
export function SendCode({ destinations, send }: SendCodeProps) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState<SentBy>();
  const [sentTo, setSentTo] = useState<string>();
  const [error, setError] = useState<unknown>();
  const ask = async (method: SentBy) => {
    setBusy(method);
    setError(undefined);
    setSentTo(undefined);
    try {
      await send(method);
      setSentTo(destinations[method]);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(undefined);
    }
  };
  const methods = (['email', 'sms'] as const).filter((method) => destinations[method] !== undefined);
  if (methods.length === 0) {
    return null;
  }
  return (
    <div className="space-y-2">
      {methods.map((method) => (
        <Button key={method} className="w-full" isBusy={busy === method} onClick={() => void ask(method)}>
          {t(method === 'email' ? 'signIn.sendEmail' : 'signIn.sendSms', { to: destinations[method] ?? '' })}
        </Button>
      ))}
      {sentTo !== undefined && <p role="status">{t('signIn.sent', { to: sentTo })}</p>}
      {isStatus(error, 429) ? <Wrong>{t('signIn.tooSoon')}</Wrong> : error !== undefined && <Refusal error={error} />}
    </div>
  );
}

/** Where codes go, as a refusal says it. */
export function destinationsOf(value: unknown): Destinations {
  const found = typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  const of = (method: SentBy) => (typeof found[method] === 'string' ? { [method]: found[method] } : {});
  return { ...of('email'), ...of('sms') };
}
