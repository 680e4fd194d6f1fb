/**
 * Dialogs on the browser's own `<dialog>`: it keeps the focus inside, closes on Escape, makes the rest inert and needs no styles
 * that the console's policy would forbid.
 */
import { X } from 'lucide-react';
import { type ReactNode, type RefObject, useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from '../app/translation';
import { IconButton } from './button';
import { classes } from './classes';

interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  /** `drawer` slides in from the left, `palette` stands near the top without a visible title. */
  shape?: 'normal' | 'wide' | 'drawer' | 'palette';
}

const SHAPES = {
  normal: 'm-auto w-[min(32rem,calc(100vw-2rem))] rounded-xl',
  wide: 'm-auto w-[min(48rem,calc(100vw-2rem))] rounded-xl',
  drawer: 'm-0 h-dvh max-h-dvh w-72 rounded-r-xl',
  palette: 'mx-auto mt-[12vh] w-[min(40rem,calc(100vw-2rem))] rounded-xl',
} as const;

/** Whether there is more of something than it shows. */
function useOverflow(ref: RefObject<HTMLElement | null>): boolean {
  const [isMore, setMore] = useState(false);
  useEffect(() => {
    const outer = ref.current;
    const inner = outer?.firstElementChild;
    if (!outer || !inner || typeof ResizeObserver === 'undefined') {
      return;
    }
    const observer = new ResizeObserver(() => setMore(outer.scrollHeight > outer.clientHeight));
    observer.observe(outer);
    observer.observe(inner);
    return () => observer.disconnect();
  }, [ref]);
  return isMore;
}

/** A modal dialog; it is open as long as it is rendered. */
export function Dialog({ title, onClose, children, footer, shape = 'normal' }: DialogProps) {
  const { t } = useTranslation();
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement) {
        before.focus();
      }
    };
  }, []);
  const body = useRef<HTMLDivElement>(null);
  const isScrolling = useOverflow(body);
  const isBare = shape === 'palette' || shape === 'drawer';
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the keyboard closes it with Escape, which the browser turns into `cancel`
    <dialog
      ref={ref}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === event.currentTarget) {
          onClose();
        }
      }}
      className={classes(
        'border border-line bg-raised p-0 text-ink shadow-2xl max-h-[calc(100dvh-2rem)] overflow-hidden',
        SHAPES[shape],
      )}
    >
      <div className={classes('flex flex-col', shape === 'drawer' ? 'h-full' : 'max-h-[calc(100dvh-2rem)]')}>
        <header className={classes('flex items-center justify-between gap-4 px-5 pt-4', isBare && 'sr-only')}>
          <h2 id={titleId} className="text-base font-semibold">
            {title}
          </h2>
          <IconButton
            label={t('common.close')}
            icon={<X aria-hidden className="size-4" />}
            onClick={onClose}
            tabIndex={isBare ? -1 : undefined}
          />
        </header>
        {/* What scrolls can be reached by keyboard (WCAG 2.1.1); what does not is no stop on the way. */}
        <div
          ref={body}
          {...(isScrolling && { tabIndex: 0, role: 'group', 'aria-labelledby': titleId })}
          className={classes('min-h-0 overflow-y-auto -outline-offset-2', isBare ? '' : 'px-5 py-4')}
        >
          <div>{children}</div>
        </div>
        {footer && (
          <footer className="flex flex-wrap items-center justify-end gap-2 border-t border-line px-5 py-3">
            {footer}
          </footer>
        )}
      </div>
    </dialog>
  );
}
