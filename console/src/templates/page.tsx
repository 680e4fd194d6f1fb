/** What all three templates share: the heading that takes the focus, the way back, the actions. */
import { useRouterState } from '@tanstack/react-router';
import { ChevronLeft } from 'lucide-react';
import { type ReactNode, useEffect, useRef } from 'react';
import { TenantLink } from '../ui/link';

interface PageProps {
  title: string;
  description?: ReactNode;
  badge?: ReactNode;
  actions?: ReactNode;
  back?: { to: string; label: string };
  children: ReactNode;
  /** Forms and texts are easier to read in a narrow column. */
  isNarrow?: boolean;
}

let hasShownPage = false;

/** The first page leaves the focus at the beginning of the document, where the link to the content is. */
export function notePage(): boolean {
  const isFirst = !hasShownPage;
  hasShownPage = true;
  return isFirst;
}

/** Whether the focus is where the reader put it: inside the page, or in a dialog. */
function isFocusUsed(): boolean {
  return document.activeElement?.closest('main h1, main input, main textarea, main select, dialog') != null;
}

/** The heading of a page; each navigation moves the focus there and names the window. */
export function useHeading(title: string) {
  const ref = useRef<HTMLHeadingElement>(null);
  const path = useRouterState({ select: (state) => state.resolvedLocation?.pathname });
  useEffect(() => {
    document.title = `${title} · Tenantry`;
  }, [title]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is the reason, not an input
  useEffect(() => {
    if (!notePage() && !isFocusUsed()) {
      ref.current?.focus({ preventScroll: true });
    }
  }, [path]);
  return ref;
}

/** The frame of a page. */
export function Page({ title, description, badge, actions, back, children, isNarrow }: PageProps) {
  const heading = useHeading(title);
  return (
    <div className={isNarrow ? 'mx-auto max-w-4xl' : 'mx-auto max-w-7xl'}>
      {back && (
        <TenantLink
          to={back.to}
          className="mb-2 -ml-1 inline-flex items-center gap-0.5 text-[0.8125rem] text-ink-soft hover:text-ink"
        >
          <ChevronLeft aria-hidden className="size-4" />
          {back.label}
        </TenantLink>
      )}
      <header className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h1 ref={heading} tabIndex={-1} className="text-xl leading-7 font-semibold tracking-tight break-words">
              {title}
            </h1>
            {badge}
          </div>
          {description && <p className="mt-0.5 max-w-prose text-ink-soft">{description}</p>}
        </div>
        {actions && <div className="flex flex-wrap items-center gap-2">{actions}</div>}
      </header>
      {children}
    </div>
  );
}
