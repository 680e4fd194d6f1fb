/** The authenticator app: setting it up, putting another in its place, removing it. */
import { useQueryClient } from '@tanstack/react-query';
import { call, type Schemas } from '@tenantry/sdk';
import { type FormEvent, useState } from 'react';
import { invalidate, isStatus, reportTrouble } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { useConfirm } from '../../ui/confirm';
import { CodeText } from '../../ui/curl';
import { Dialog } from '../../ui/dialog';
import { Time } from '../../ui/format';
import { Wrong } from '../../ui/labelled';
import { toastSuccess } from '../../ui/toasts';
import { Refusal } from '../../ui/trouble';
import { CodeField } from '../shared/code-field';
import { STALE } from './backup-codes';
import { useProven } from './proof';

type SetUp = Schemas['MfaSetupView'];

interface AuthenticatorProps {
  methods: readonly Schemas['MethodView'][];
  onCodes: (codes: readonly string[]) => void;
}

/** The state of the app, and what can be done about it. */
export function Authenticator({ methods, onCodes }: AuthenticatorProps) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const send = useProven();
  const [setUp, setSetUp] = useState<SetUp>();
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const app = methods.find(({ type, verified_at }) => type === 'totp' && verified_at);

  const begin = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const answer = await send(call('post', '/auth/mfa/setup', { body: { type: 'totp' } }));
      setSetUp(answer?.data);
    } catch (thrown) {
      setError(thrown);
      reportTrouble(thrown);
    } finally {
      setBusy(false);
    }
  };
  const remove = (id: string) => {
    const target = call('delete', '/auth/mfa/{method_id}', { path: { method_id: id } });
    confirm({
      title: t('mfa.removeTitle'),
      body: t('mfa.removeBody'),
      verb: t('mfa.remove'),
      call: target,
      send: () => send(target),
      done: t('mfa.removed'),
      refresh: STALE,
      isDanger: true,
    });
  };

  return (
    <div className="space-y-3 px-4 py-3">
      <div className="flex flex-wrap items-center gap-3">
        <div className="min-w-0 flex-1 basis-56">
          <p className="flex flex-wrap items-center gap-2 font-medium">
            {t('mfa.app')}
            {app && <Badge tone="good">{t('mfa.isOn')}</Badge>}
          </p>
          <p className="text-[0.8125rem] text-ink-soft">
            {app ? (
              <>
                {t('mfa.since')} <Time at={app.verified_at} />
              </>
            ) : (
              t('mfa.appHelp')
            )}
          </p>
        </div>
        <Button size="small" kind={app ? 'secondary' : 'primary'} isBusy={isBusy} onClick={() => void begin()}>
          {t(app ? 'mfa.replace' : 'mfa.setUp')}
        </Button>
        {app && (
          <Button size="small" onClick={() => remove(app.id)}>
            {t('mfa.remove')}
          </Button>
        )}
      </div>
      {error !== undefined && <Refusal error={error} />}
      {setUp && <SetUpDialog setUp={setUp} onCodes={onCodes} onClose={() => setSetUp(undefined)} />}
    </div>
  );
}

interface SetUpProps {
  setUp: SetUp;
  onCodes: (codes: readonly string[]) => void;
  onClose: () => void;
}

/** The secret as a picture and as text, and the first code, which shows that the app has it. */
function SetUpDialog({ setUp, onCodes, onClose }: SetUpProps) {
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
      const body = { type: 'totp' as const, code: code.replaceAll(' ', '') };
      const answer = await send(call('post', '/auth/mfa/verify', { body }));
      if (answer) {
        toastSuccess(t('mfa.verified'));
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
    <Dialog title={t('mfa.setUpTitle')} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} className="space-y-4">
        <p>{t('mfa.scan')}</p>
        {setUp.qr_code_svg && (
          <img
            // The policy of the console lets pictures come from `data:`; as an image, the SVG can do nothing.
            src={`data:image/svg+xml,${encodeURIComponent(setUp.qr_code_svg)}`}
            alt={t('mfa.picture')}
            className="mx-auto size-48 rounded-md bg-white p-2"
          />
        )}
        <div className="space-y-1.5">
          <p>
            {t('mfa.orType')}{' '}
            <a href={setUp.qr_code_url ?? undefined} className="text-accent underline underline-offset-2">
              {t('mfa.openApp')}
            </a>
          </p>
          <CodeText text={setUp.secret ?? ''} label={t('mfa.secret')} copyLabel={t('secret.copy')} />
        </div>
        <CodeField
          label={t('mfa.firstCode')}
          hint={t('mfa.firstCodeHint')}
          value={code}
          onChange={setCode}
          attempt={attempt}
          isNumeric
        />
        {isStatus(error, 422) ? <Wrong>{t('mfa.wrongFirst')}</Wrong> : error !== undefined && <Refusal error={error} />}
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
