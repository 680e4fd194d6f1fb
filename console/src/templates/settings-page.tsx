/** The template for forms: sections with an explanation at the left and the form at the right. */
import type { ReactNode } from 'react';
import { Page } from './page';

interface SettingsPageProps {
  title: string;
  description?: string;
  back?: { to: string; label: string };
  children: ReactNode;
}

/** A page of forms. */
export function SettingsPage({ title, description, back, children }: SettingsPageProps) {
  return (
    <Page title={title} description={description} back={back} isNarrow>
      <div className="divide-y divide-line border-t border-line">{children}</div>
    </Page>
  );
}

/** One form, or one group of fields. */
export function Section({ title, help, children }: { title: string; help?: string; children: ReactNode }) {
  return (
    <section className="grid gap-4 py-6 md:grid-cols-[14rem_1fr] md:gap-10">
      <header>
        <h2 className="font-semibold">{title}</h2>
        {help && <p className="mt-1 text-[0.8125rem] text-ink-soft">{help}</p>}
      </header>
      <div className="min-w-0">{children}</div>
    </section>
  );
}
