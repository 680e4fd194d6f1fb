/** Signing in to one tenant, and back to where one came from. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation, useNavigate, useParams } from '@tanstack/react-router';
import { type FormEvent, type ReactNode, useEffect, useId, useState } from 'react';
import { clientOf, isStatus } from '../../app/api';
import { findTenant } from '../../app/finder';
import { sessionQuery, signInCall } from '../../app/session';
import { showTheme } from '../../app/theme';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { Refusal } from '../../ui/trouble';
import { EntryFrame } from './frame';

/** Only a page of this tenant may be the place to go on to. */
export function safeTarget(slug: string, to: string | undefined): string {
  const home = `/${slug}`;
  return to && (to === home || to.startsWith(`${home}/`) || to.startsWith(`${home}?`)) ? to : home;
}

/** The page. */
export function SignIn() {
  const { t } = useTranslation();
  const { tenant: slug } = useParams({ from: '/$tenant/sign-in' });
  const search = useLocation().search as { to?: string; reason?: string };
  const found = useQuery({ queryKey: ['finder', slug], queryFn: ({ signal }) => findTenant(slug, signal) });
  useEffect(() => {
    showTheme(slug);
    return () => showTheme(undefined);
  }, [slug]);

  if (isStatus(found.error, 404)) {
    return (
      <EntryFrame title={t('trouble.noTenant.title')} help={t('trouble.noTenant.help')}>
        <AnotherTenant />
      </EntryFrame>
    );
  }
  return (
    <EntryFrame title={t('signIn.title', { name: found.data?.name ?? slug })}>
      {search.reason === 'ended' && (
        <p role="status" className="mb-4 rounded-md bg-warn-soft px-3 py-2 text-warn">
          {t('signIn.ended')}
        </p>
      )}
      <SignInForm slug={slug} to={safeTarget(slug, search.to)} />
      <AnotherTenant />
    </EntryFrame>
  );
}

function AnotherTenant() {
  const { t } = useTranslation();
  return (
    <p className="mt-5 text-center">
      <Link to="/" className="text-accent underline-offset-2 hover:underline">
        {t('shell.another')}
      </Link>
    </p>
  );
}

function SignInForm({ slug, to }: { slug: string; to: string }) {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      const { data } = await clientOf(slug).send(signInCall(email, password));
      cache.setQueryData(sessionQuery(slug).queryKey, data);
      await navigate({ href: `/console${to}` });
    } catch (thrown) {
      setError(thrown);
    } finally {
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} className="space-y-4">
      <Labelled label={t('fields.email')}>
        {(id) => (
          <input
            id={id}
            type="email"
            className="control"
            required
            autoComplete="username"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        )}
      </Labelled>
      <Labelled label={t('fields.password')}>
        {(id) => (
          <input
            id={id}
            type="password"
            className="control"
            required
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      </Labelled>
      {isStatus(error, 401) ? (
        <p role="alert" className="rounded-md border border-danger bg-danger-soft px-3 py-2 text-danger">
          {t('signIn.refused')}
        </p>
      ) : (
        error !== undefined && <Refusal error={error} />
      )}
      <Button type="submit" kind="primary" className="w-full" isBusy={isBusy}>
        {t('signIn.submit')}
      </Button>
    </form>
  );
}

function Labelled({ label, children }: { label: string; children: (id: string) => ReactNode }) {
  const id = useId();
  return (
    <div className="space-y-1.5">
      <label htmlFor={id} className="block font-medium">
        {label}
      </label>
      {children(id)}
    </div>
  );
}
