/** A secret that the server tells once: shown here, kept nowhere, and not closed by accident before it was copied. */
import { useState } from 'react';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { CopyButton } from '../../ui/curl';
import { Dialog } from '../../ui/dialog';

interface SecretDialogProps {
  title: string;
  /** What the secret is. */
  label: string;
  secret: string;
  help?: string;
  onClose: () => void;
}

/** The dialog. */
export function SecretDialog({ title, label, secret, help, onClose }: SecretDialogProps) {
  const { t } = useTranslation();
  const [isCopied, setCopied] = useState(false);
  const [isWarned, setWarned] = useState(false);
  const close = () => (isCopied || isWarned ? onClose() : setWarned(true));
  return (
    <Dialog
      title={title}
      onClose={close}
      footer={
        <Button kind={isCopied ? 'primary' : 'secondary'} onClick={close}>
          {t('secret.done')}
        </Button>
      }
    >
      <div className="space-y-4">
        <p>{t('secret.once')}</p>
        {help && <p className="text-ink-soft">{help}</p>}
        <div className="space-y-1.5">
          <label htmlFor="secret" className="block font-medium">
            {label}
          </label>
          <div className="flex items-center gap-1">
            <input
              id="secret"
              readOnly
              autoComplete="off"
              spellCheck={false}
              className="control bg-sunken font-mono text-xs"
              value={secret}
              onFocus={(event) => event.target.select()}
              onCopy={() => setCopied(true)}
            />
            <CopyButton text={secret} label={t('secret.copy')} onCopy={() => setCopied(true)} />
          </div>
        </div>
        {isWarned && !isCopied && (
          <p role="alert" className="rounded-md bg-warn-soft px-3 py-2 text-warn">
            {t('secret.notCopied')}
          </p>
        )}
      </div>
    </Dialog>
  );
}
