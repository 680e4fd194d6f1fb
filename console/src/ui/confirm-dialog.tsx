/** The dialog that asks, shows the call, sends it, and says how it went. */
import { useQueryClient } from '@tanstack/react-query';
import { useId, useState } from 'react';
import { invalidate, reportTrouble } from '../app/api';
import { useTenant } from '../app/tenant';
import { useTranslation } from '../app/translation';
import { Button } from './button';
import type { Confirmation } from './confirm';
import { CurlText } from './curl';
import { Dialog } from './dialog';
import { toastSuccess } from './toasts';
import { Refusal } from './trouble';

interface ConfirmDialogProps {
  confirmation: Confirmation;
  onClose: () => void;
}

/** The dialog. */
export default function ConfirmDialog({ confirmation, onClose }: ConfirmDialogProps) {
  const { t } = useTranslation();
  const { client, slug } = useTenant();
  const cache = useQueryClient();
  const [typed, setTyped] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const wordId = useId();
  const { word } = confirmation;

  const run = async () => {
    setBusy(true);
    setError(undefined);
    try {
      const answer = await (confirmation.send?.() ?? client.send(confirmation.call));
      if (answer === undefined) {
        return;
      }
      onClose();
      toastSuccess(confirmation.done);
      confirmation.onDone?.();
      await invalidate(cache, slug, confirmation.refresh);
    } catch (thrown) {
      setError(thrown);
      reportTrouble(thrown);
    } finally {
      setBusy(false);
    }
  };

  return (
    <Dialog
      title={confirmation.title}
      onClose={onClose}
      footer={
        <>
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button
            kind={confirmation.isDanger ? 'danger' : 'primary'}
            isBusy={isBusy}
            disabled={word !== undefined && typed !== word}
            onClick={() => void run()}
          >
            {confirmation.verb}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <p>{confirmation.body}</p>
        {confirmation.points && (
          <ul className="list-disc space-y-1.5 pl-5">
            {confirmation.points.map((point) => (
              <li key={point}>{point}</li>
            ))}
          </ul>
        )}
        {error !== undefined && <Refusal error={error} help={confirmation.explain?.(error)} />}
        {word !== undefined && (
          <div className="space-y-1.5">
            <label htmlFor={wordId}>{t('confirm.type', { word })}</label>
            <input
              id={wordId}
              className="control"
              autoComplete="off"
              spellCheck={false}
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          </div>
        )}
        <details>
          <summary className="w-fit text-[0.8125rem] text-ink-soft hover:text-ink">{t('curl.show')}</summary>
          <div className="mt-2">
            <CurlText target={confirmation.call} />
          </div>
        </details>
      </div>
    </Dialog>
  );
}
