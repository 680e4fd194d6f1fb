/** Buttons. One `primary` per view; `danger` only for what cannot be taken back easily. */
import { LoaderCircle } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { classes } from './classes';

/** How a button looks. */
export type ButtonKind = 'primary' | 'secondary' | 'quiet' | 'danger';

const KINDS: Record<ButtonKind, string> = {
  primary: 'bg-accent text-on-accent border-transparent hover:opacity-90',
  secondary: 'bg-surface text-ink border-line-soft hover:bg-sunken',
  quiet: 'bg-transparent text-ink-soft border-transparent hover:bg-sunken hover:text-ink',
  danger: 'bg-danger text-on-danger border-transparent hover:opacity-90',
};

const SHAPE =
  'inline-flex shrink-0 items-center justify-center gap-1.5 rounded-md border font-medium whitespace-nowrap ' +
  'transition-colors select-none disabled:opacity-50';

/** The classes of a button, for links that look like one. */
export function buttonClass(kind: ButtonKind = 'secondary', size: 'normal' | 'small' = 'normal'): string {
  return classes(SHAPE, KINDS[kind], size === 'small' ? 'h-8 px-2.5 text-[0.8125rem]' : 'h-9 px-3');
}

interface ButtonProps extends ComponentProps<'button'> {
  kind?: ButtonKind;
  size?: 'normal' | 'small';
  /** Shows a spinner and refuses clicks. */
  isBusy?: boolean;
  icon?: ReactNode;
}

/** A button. */
export function Button({ kind, size, isBusy, icon, className, children, disabled, ...rest }: ButtonProps) {
  const spinner = <LoaderCircle aria-hidden className="size-4 animate-spin" />;
  return (
    <button
      type="button"
      {...rest}
      disabled={disabled || isBusy}
      aria-busy={isBusy || undefined}
      className={classes(buttonClass(kind, size), className)}
    >
      {isBusy ? spinner : icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentProps<'button'> {
  label: string;
  icon: ReactNode;
}

/** A button that is only an icon; its label is read out and shown as a tooltip. */
export function IconButton({ label, icon, className, ...rest }: IconButtonProps) {
  return (
    <button
      type="button"
      aria-label={label}
      title={label}
      {...rest}
      className={classes(
        'inline-flex size-9 shrink-0 items-center justify-center rounded-md text-ink-soft hover:bg-sunken hover:text-ink',
        className,
      )}
    >
      {icon}
    </button>
  );
}
