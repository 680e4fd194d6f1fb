/** Short news at the edge of the page. Successes leave by themselves; failures stay until they are closed. */
import { CircleAlert, CircleCheck, X } from 'lucide-react';
import { useSyncExternalStore } from 'react';
import { useTranslation } from '../app/translation';
import { IconButton } from './button';

interface Toast {
  id: number;
  tone: 'good' | 'danger';
  text: string;
}

let toasts: readonly Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

function set(next: readonly Toast[]): void {
  toasts = next;
  for (const listener of listeners) {
    listener();
  }
}

function close(id: number): void {
  set(toasts.filter((toast) => toast.id !== id));
}

function show(tone: Toast['tone'], text: string): void {
  lastId += 1;
  const id = lastId;
  set([...toasts.slice(-3), { id, tone, text }]);
  if (tone === 'good') {
    setTimeout(() => close(id), 5_000);
  }
}

/** Say that something worked. */
export const toastSuccess = (text: string) => show('good', text);

/** Say that something failed. */
export const toastFailure = (text: string) => show('danger', text);

/** Where toasts appear; they are read out as they come. */
export function Toaster() {
  const { t } = useTranslation();
  const shown = useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => toasts,
  );
  return (
    <section
      aria-label={t('common.notices')}
      aria-live="polite"
      className="pointer-events-none fixed inset-x-4 bottom-4 z-50 flex flex-col items-end gap-2"
    >
      {shown.map(({ id, tone, text }) => (
        <div
          key={id}
          className="pointer-events-auto flex max-w-md items-start gap-2 rounded-lg border border-line bg-raised py-2 pr-1.5 pl-3 shadow-xl"
        >
          {tone === 'good' ? (
            <CircleCheck aria-hidden className="mt-1 size-4 shrink-0 text-good" />
          ) : (
            <CircleAlert aria-hidden className="mt-1 size-4 shrink-0 text-danger" />
          )}
          <p className="py-0.5 break-words">{text}</p>
          <IconButton
            label={t('common.close')}
            icon={<X aria-hidden className="size-3.5" />}
            className="size-6"
            onClick={() => close(id)}
          />
        </div>
      ))}
    </section>
  );
}
