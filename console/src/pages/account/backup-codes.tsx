/** Backup codes: shown once, counted afterwards, made anew. */
import { call } from '@tenantry/sdk';
import { Download } from 'lucide-react';
import { useState } from 'react';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { useConfirm } from '../../ui/confirm';
import { CodeText } from '../../ui/curl';
import { Dialog } from '../../ui/dialog';
import { download } from '../shared/files';
import { useProven } from './proof';

/** What a change of second factors makes stale. */
export const STALE = ['/auth/mfa', '/auth/passkeys', '/auth/security-events', '/users'] as const;

const RENEW = call('post', '/auth/mfa/backup-codes');

/** So few codes left that it is time for new ones. */
const FEW = 3;

interface CodesProps {
  codes: readonly string[];
  onClose: () => void;
}

/** The codes; not closed by accident before the reader says that they are kept. */
export function BackupCodesDialog({ codes, onClose }: CodesProps) {
  const { t } = useTranslation();
  const { slug } = useTenant();
  const [isWarned, setWarned] = useState(false);
  const text = codes.join('\n');
  return (
    <Dialog
      title={t('mfa.codesTitle')}
      onClose={() => (isWarned ? onClose() : setWarned(true))}
      footer={
        <>
          <Button
            icon={<Download aria-hidden className="size-4" />}
            onClick={() => download(`${text}\n`, `${slug}-backup-codes.txt`, 'text/plain')}
          >
            {t('mfa.download')}
          </Button>
          <Button kind="primary" onClick={onClose}>
            {t('secret.done')}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <p>{t('mfa.codesHelp')}</p>
        <CodeText text={text} label={t('mfa.codesTitle')} copyLabel={t('mfa.copyCodes')} />
        {isWarned && (
          <p role="alert" className="rounded-md bg-warn-soft px-3 py-2 text-warn">
            {t('mfa.codesNotKept')}
          </p>
        )}
      </div>
    </Dialog>
  );
}

interface BackupCodesProps {
  left: number;
  onCodes: (codes: readonly string[]) => void;
}

/** How many are left, and the button that makes new ones. */
export function BackupCodes({ left, onCodes }: BackupCodesProps) {
  const { t } = useTranslation();
  const confirm = useConfirm();
  const send = useProven();
  const renew = () =>
    confirm({
      title: t('mfa.renewTitle'),
      body: t('mfa.renewBody'),
      verb: t('mfa.renew'),
      call: RENEW,
      send: async () => {
        const answer = await send(RENEW);
        if (answer) {
          onCodes(answer.data.backup_codes);
        }
        return answer;
      },
      done: t('mfa.renewed'),
      refresh: STALE,
    });
  return (
    <div className="flex flex-wrap items-center gap-3 px-4 py-3">
      <div className="min-w-0 flex-1">
        <p className="font-medium">{t('mfa.backup')}</p>
        <p className={left < FEW ? 'text-[0.8125rem] text-warn' : 'text-[0.8125rem] text-ink-soft'}>
          {t('mfa.left', { count: left })}
        </p>
      </div>
      <Button size="small" onClick={renew}>
        {t('mfa.renew')}
      </Button>
    </div>
  );
}
