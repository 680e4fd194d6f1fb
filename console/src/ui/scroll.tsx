/** A part of the page that scrolls by itself, and can be reached and scrolled by keyboard (WCAG 2.1.1). */
import type { ReactNode } from 'react';

interface ScrollProps {
  label: string;
  className: string;
  children: ReactNode;
}

/** The part. */
export function Scroll({ label, className, children }: ScrollProps) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <section aria-label={label} tabIndex={0} className={className}>
      {children}
    </section>
  );
}
