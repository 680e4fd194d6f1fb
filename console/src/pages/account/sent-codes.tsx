/** Codes by e-mail or text message as a second factor: switching them on with the first code, and off again. */
import { useQueryClient } from '@tanstack/react-query';
import { call, type Schemas } from '@tenantry/sdk';
import { type FormEvent, useState } from 'react';
import { invalidate, isStatus, reportTrouble } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { useConfirm } from '../../ui/confirm';
import { Dialog } from '../../ui/dialog';
import { Wrong } from '../../ui/labelled';
import { toastSuccess } from '../../ui/toasts';
import { Refusal } from '../../ui/trouble';
import { CodeField } from '../shared/code-field';
import type { SentBy } from '../shared/send-code';
import { STALE } from './backup-codes';
import { useProven } from './proof';

interface SentCodesProps {
  by: SentBy;
  methods: readonly Schemas['MethodView'][];
  onCodes: (codes: readonly string[]) => void;
}

/** The state of such codes, and what can be done about it. */
export function SentCodes({ by, methods, onCodes }: SentCodesProps) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const send = useProven();
  const [sentTo, setSentTo] = useState<string>();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const name = t(by === 'email' ? 'mfa.email' : 'mfa.sms');
  const method = methods.find(({ type, verified_at }) => type === by && verified_at);

  const begin = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const answer = await send(call('post', '/auth/mfa/setup', { body: { type: by } }));
      setSentTo(answer?.data.destination ?? undefined);
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };
  const remove = (id: string) => {
    const target = call('delete', '/auth/mfa/{method_id}', { path: { method_id: id } });
    confirm({
      title: t('mfa.removeCodesTitle'),
      body: t('mfa.removeBody'),
      verb: t('mfa.switchOff'),
      call: target,
      send: () => send(target),
      done: t('mfa.codesRemoved'),
      refresh: STALE,
      isDanger: true,
    });
  };
  const state = method ? (method.destination ?? t('mfa.unreachable')) : t('mfa.sentHelp');

  return (
    <div className="space-y-3 px-4 py-3">
      <div className="flex flex-wrap items-center gap-3">
        <div className="min-w-0 flex-1 basis-56">
          <p className="flex flex-wrap items-center gap-2 font-medium">
            {name}
            {method?.destination && <Badge tone="good">{t('mfa.isOn')}</Badge>}
          </p>
          <p className="text-[0.8125rem] text-ink-soft">{state}</p>
        </div>
        {!method?.destination && (
          <Button size="small" isBusy={isBusy} onClick={() => void begin()}>
            {t('mfa.switchOn')}
          </Button>
        )}
        {method && (
          <Button size="small" onClick={() => remove(method.id)}>
            {t('mfa.switchOff')}
          </Button>
        )}
      </div>
      {isStatus(error, 422) && <Wrong>{t(by === 'email' ? 'mfa.verifyEmailFirst' : 'mfa.verifyPhoneFirst')}</Wrong>}
      {error !== undefined && !isStatus(error, 422) && <Refusal error={error} />}
      {sentTo !== undefined && (
        <FirstCodeDialog by={by} to={sentTo} title={name} onCodes={onCodes} onClose={() => setSentTo(undefined)} />
      )}
    </div>
  );
}

interface FirstCodeProps {
  by: SentBy;
  to: string;
  title: string;
  onCodes: (codes: readonly string[]) => void;
  onClose: () => void;
}

/** The first code, which shows that codes arrive. */
function FirstCodeDialog({ by, to, title, onCodes, onClose }: FirstCodeProps) {
  const { t } = useTranslation();
  const { slug } = useTenant();
  const cache = useQueryClient();
  const send = useProven();
  const [code, setCode] = useState('');
  const [attempt, setAttempt] = useState(0);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const body = { type: by, code: code.replaceAll(' ', '') };
      const answer = await send(call('post', '/auth/mfa/verify', { body }));
      if (answer) {
        toastSuccess(t('mfa.codesOn'));
        onClose();
        onCodes(answer.data.backup_codes);
        void invalidate(cache, slug, STALE);
      }
    } catch (thrown) {
      setError(thrown);
      reportTrouble(thrown);
      setAttempt((before) => before + 1);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} className="space-y-4">
        <p role="status">{t('signIn.sent', { to })}</p>
        <CodeField label={t('signIn.code')} value={code} onChange={setCode} attempt={attempt} isNumeric />
        {isStatus(error, 422) ? <Wrong>{t('enrol.wrong')}</Wrong> : error !== undefined && <Refusal error={error} />}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" kind="primary" isBusy={isBusy}>
            {t('mfa.verify')}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
