/** The frame of the pages before anyone is signed in. */
import { type ReactNode, useEffect, useRef } from 'react';
import logo from '../../assets/logo.svg';
import { notePage } from '../../templates/page';

/** A card in the middle of the window. */
export function EntryFrame({ title, help, children }: { title: string; help?: string; children: ReactNode }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Tenantry`;
    if (!notePage() && document.activeElement === document.body) {
      heading.current?.focus();
    }
  }, [title]);
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <div className="w-full max-w-sm">
        <div className="mb-6 flex items-center gap-2.5">
          <img src={logo} alt="" className="size-7" />
          <span className="font-semibold">Tenantry</span>
        </div>
        <div className="rounded-xl border border-line bg-surface p-6">
          <h1 ref={heading} tabIndex={-1} className="text-lg font-semibold tracking-tight">
            {title}
          </h1>
          {help && <p className="mt-1 text-ink-soft">{help}</p>}
          <div className="mt-5">{children}</div>
        </div>
      </div>
    </main>
  );
}
