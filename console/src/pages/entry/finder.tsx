/** The first page: which organisation? Skipped when the address already says it. */
import { useQuery } from '@tanstack/react-query';
import { Link, Navigate, useNavigate } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { type FormEvent, useId, useState } from 'react';
import { isStatus } from '../../app/api';
import { findTenant } from '../../app/finder';
import { usePreferences } from '../../app/preferences';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { Skeleton } from '../../ui/skeleton';
import { Refusal } from '../../ui/trouble';
import { EntryFrame } from './frame';

/** A name as people type it (“Acme Corp”, “ACME”) as the short name that it may mean. */
export function toSlug(text: string): string {
  return text
    .trim()
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** The page. */
export function Finder() {
  const { t } = useTranslation();
  const byHost = useQuery({
    queryKey: ['finder'],
    queryFn: async ({ signal }) => {
      try {
        return (await findTenant(undefined, signal)).slug;
      } catch {
        return null;
      }
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (byHost.data) {
    return <Navigate to="/$tenant" params={{ tenant: byHost.data }} replace />;
  }
  return (
    <EntryFrame title={t('entry.title')} help={t('entry.help')}>
      {byHost.isPending ? <Skeleton lines={2} /> : <FinderForm />}
    </EntryFrame>
  );
}

function FinderForm() {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const { recentTenants } = usePreferences();
  const id = useId();
  const [text, setText] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const isUnknown = isStatus(error, 404);

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const { slug } = await findTenant(toSlug(text));
      await navigate({ to: '/$tenant', params: { tenant: slug } });
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };

  return (
    <>
      <form onSubmit={(event) => void submit(event)} className="space-y-4" noValidate>
        <div className="space-y-1.5">
          <label htmlFor={id} className="block font-medium">
            {t('entry.slug')}
          </label>
          <input
            id={id}
            className="control"
            autoCapitalize="none"
            autoComplete="organization"
            spellCheck={false}
            value={text}
            aria-invalid={isUnknown}
            aria-describedby={isUnknown ? `${id}-error` : undefined}
            onChange={(event) => setText(event.target.value)}
          />
          {isUnknown && (
            <p id={`${id}-error`} role="alert" className="text-[0.8125rem] text-danger">
              {t('entry.unknown')}
            </p>
          )}
        </div>
        {error !== undefined && !isUnknown && <Refusal error={error} />}
        <Button type="submit" kind="primary" className="w-full" isBusy={isBusy} disabled={toSlug(text) === ''}>
          {t('entry.continue')}
        </Button>
      </form>
      {recentTenants.length > 0 && (
        <nav aria-label={t('shell.recent')} className="mt-6">
          <p className="mb-1 text-[0.8125rem] text-ink-soft">{t('shell.recent')}</p>
          <ul className="-mx-2">
            {recentTenants.map(({ slug, name }) => (
              <li key={slug}>
                <Link
                  to="/$tenant"
                  params={{ tenant: slug }}
                  className="flex items-center justify-between rounded-md px-2 py-1.5 hover:bg-sunken"
                >
                  <span className="truncate">{name}</span>
                  <ChevronRight aria-hidden className="size-4 text-ink-soft" />
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
    </>
  );
}
