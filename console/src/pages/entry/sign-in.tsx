/** Signing in to one tenant, and back to where one came from. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link, useLocation, useNavigate, useParams } from '@tanstack/react-router';
import { type FormEvent, lazy, Suspense, useEffect, useState } from 'react';
import { clientOf, isStatus } from '../../app/api';
import { findTenant } from '../../app/finder';
import { type Session, sessionQuery, signInCall } from '../../app/session';
import { showTheme } from '../../app/theme';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { Labelled, Wrong } from '../../ui/labelled';
import { Skeleton } from '../../ui/skeleton';
import { Refusal } from '../../ui/trouble';
import { hasPasskeys } from '../shared/passkeys';
import { EntryFrame } from './frame';
import { type Enrolling, enrollingOf, type Waiting, waitingOf } from './waiting';

const SecondStep = lazy(() => import('./second-step'));
const Enrol = lazy(() => import('./enrol'));
const PasskeyButton = lazy(() => import('./passkey-button'));

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
      <SignInSteps slug={slug} to={safeTarget(slug, search.to)} />
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

/** Both steps: the password, and what some accounts ask for besides. */
export function SignInSteps({ slug, to }: { slug: string; to: string }) {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const [waiting, setWaiting] = useState<Waiting>();
  const [enrolling, setEnrolling] = useState<Enrolling>();
  const [isOver, setOver] = useState(false);
  const finish = async (session: Session) => {
    cache.setQueryData(sessionQuery(slug).queryKey, session);
    await navigate({ href: `/console${to}` });
  };
  const back = (over: boolean) => {
    setOver(over);
    setWaiting(undefined);
    setEnrolling(undefined);
  };
  if (enrolling) {
    return (
      <Suspense fallback={<Skeleton lines={3} />}>
        <Enrol slug={slug} enrolling={enrolling} onSignedIn={finish} onBack={back} />
      </Suspense>
    );
  }
  if (waiting) {
    return (
      <Suspense fallback={<Skeleton lines={3} />}>
        <SecondStep slug={slug} waiting={waiting} onSignedIn={finish} onEnrol={setEnrolling} onBack={back} />
      </Suspense>
    );
  }
  return (
    <div className="space-y-4">
      <SignInForm slug={slug} isOver={isOver} onSignedIn={finish} onEnrol={setEnrolling} onWaiting={setWaiting} />
      {hasPasskeys() && (
        <Suspense>
          <PasskeyButton slug={slug} onSignedIn={finish} onEnrol={setEnrolling} onWaiting={setWaiting} />
        </Suspense>
      )}
    </div>
  );
}

interface SignInFormProps {
  slug: string;
  /** An earlier attempt took too long. */
  isOver: boolean;
  onSignedIn: (session: Session) => Promise<void>;
  onEnrol: (enrolling: Enrolling) => void;
  onWaiting: (waiting: Waiting) => void;
}

function SignInForm({ slug, isOver, onSignedIn, onEnrol, onWaiting }: SignInFormProps) {
  const { t } = useTranslation();
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
      await onSignedIn(data);
    } catch (thrown) {
      const [enrolling, waiting] = [enrollingOf(thrown), waitingOf(thrown)];
      if (enrolling) {
        onEnrol(enrolling);
      } else if (waiting) {
        onWaiting(waiting);
      } else {
        setError(thrown);
      }
    } finally {
      setBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)} className="space-y-4">
      {isOver && error === undefined && <Wrong>{t('signIn.over')}</Wrong>}
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
      <p>
        <a
          href={`/t/${encodeURIComponent(slug)}/recover`}
          className="text-[0.8125rem] text-accent underline-offset-2 hover:underline"
        >
          {t('signIn.forgot')}
        </a>
      </p>
      {isStatus(error, 401) ? <Wrong>{t('signIn.refused')}</Wrong> : error !== undefined && <Refusal error={error} />}
      <Button type="submit" kind="primary" className="w-full" isBusy={isBusy}>
        {t('signIn.submit')}
      </Button>
    </form>
  );
}
