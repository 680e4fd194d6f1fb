/** Surfaces that group things. */
import type { ReactNode } from 'react';
import { classes } from './classes';

interface CardProps {
  title?: string;
  description?: string;
  actions?: ReactNode;
  children: ReactNode;
  /** Without inner space, for tables and lists. */
  isFlush?: boolean;
  className?: string;
}

/** A titled surface. */
export function Card({ title, description, actions, children, isFlush, className }: CardProps) {
  return (
    <section className={classes('rounded-lg border border-line bg-surface', className)}>
      {title && (
        <header className="flex flex-wrap items-center justify-between gap-2 border-b border-line px-4 py-2 min-h-11">
          <div className="min-w-0 flex-1 basis-32">
            <h2 className="text-sm font-semibold">{title}</h2>
            {description && <p className="text-[0.8125rem] text-ink-soft">{description}</p>}
          </div>
          {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
        </header>
      )}
      <div className={isFlush ? '' : 'p-4'}>{children}</div>
    </section>
  );
}

/** A list of names and values. */
export function Facts({ items }: { items: readonly (readonly [string, ReactNode])[] }) {
  return (
    <dl className="grid gap-x-6 gap-y-3 sm:grid-cols-[minmax(7rem,auto)_1fr]">
      {items.map(([name, value]) => (
        <div key={name} className="contents">
          <dt className="text-ink-soft">{name}</dt>
          <dd className="min-w-0 break-words max-sm:-mt-2">{value ?? '—'}</dd>
        </div>
      ))}
    </dl>
  );
}
