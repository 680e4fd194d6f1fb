/** Routes that cannot be shown: not there, not loaded, tenant unknown. */
import { type ErrorComponentProps, Link, useRouter } from '@tanstack/react-router';
import { buttonClass } from '../ui/button';
import { Trouble } from '../ui/trouble';
import { isStatus } from './api';
import { retryPages } from './lazy-page';
import { useTranslation } from './translation';

function Frame({ title, help }: { title: string; help: string }) {
  const { t } = useTranslation();
  return (
    <main className="flex min-h-[70dvh] flex-col items-center justify-center gap-2 px-4 text-center">
      <h1 className="text-xl font-semibold">{title}</h1>
      <p className="max-w-md text-ink-soft">{help}</p>
      <Link to="/" className={`${buttonClass()} mt-3`}>
        {t('entry.back')}
      </Link>
    </main>
  );
}

/** No such address. */
export function NotFound() {
  const { t } = useTranslation();
  return <Frame title={t('trouble.noPage.title')} help={t('trouble.noPage.help')} />;
}

/** A route that failed to load. */
export function RouteTrouble({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation();
  const router = useRouter();
  if (isStatus(error, 404)) {
    return <Frame title={t('trouble.noTenant.title')} help={t('trouble.noTenant.help')} />;
  }
  const retry = () => {
    retryPages();
    reset();
    void router.invalidate();
  };
  return (
    <div className="pt-[10vh]">
      <Trouble error={error} onRetry={retry} />
    </div>
  );
}
