/** The dialog that asks for a name: of a passkey, of a device. */
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { invalidate, reportTrouble } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Labelled } from '../../ui/labelled';
import { toastSuccess } from '../../ui/toasts';
import { Refusal } from '../../ui/trouble';

interface NameProps {
  title: string;
  help?: string;
  initial: string;
  verb: string;
  done: string;
  /** About the name. */
  hint?: string;
  /** What is read again afterwards. */
  refresh: readonly string[];
  /** How a refusal is told, where it has words of its own. */
  trouble?: (error: unknown) => ReactNode;
  onClose: () => void;
  /** Nothing comes back when the reader has given up. */
  save: (name: string) => Promise<unknown>;
}

/** A name, and what is done with it. */
export function NameDialog(props: NameProps) {
  const { title, help, hint, initial, verb, done, refresh, trouble, onClose, save } = props;
  const { t } = useTranslation();
  const { slug } = useTenant();
  const cache = useQueryClient();
  const [name, setName] = useState(initial);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      if (await save(name.trim())) {
        toastSuccess(done);
        onClose();
        void invalidate(cache, slug, refresh);
      }
    } catch (thrown) {
      setError(thrown);
      reportTrouble(thrown);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} className="space-y-4">
        {help && <p>{help}</p>}
        <Labelled label={t('fields.name')} hint={hint}>
          {(id, describedBy) => (
            <input
              id={id}
              aria-describedby={describedBy}
              className="control"
              required
              maxLength={100}
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Labelled>
        {error !== undefined && (trouble?.(error) ?? <Refusal error={error} />)}
        <div className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{t('common.cancel')}</Button>
          <Button type="submit" kind="primary" isBusy={isBusy}>
            {verb}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
