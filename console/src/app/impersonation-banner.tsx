/** Says on every page who acts in whose name, how far, and until when; and ends it. */
import { useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { UserRoundCog } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Button } from '../ui/button';
import { Time } from '../ui/format';
import { toastFailure } from '../ui/toasts';
import type { Impersonation } from './impersonation';
import { forgetImpersonation } from './impersonation';
import { nameOf } from './session';
import { useTenant } from './tenant';
import { useTranslation } from './translation';
import { useEndImpersonation } from './user-menu';

/** Tell when the time is over. */
function useExpiry(at: string, onOver: () => void): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another end begins the wait anew
  useEffect(() => {
    const timer = setTimeout(onOver, Math.max(0, new Date(at).getTime() - Date.now()));
    return () => clearTimeout(timer);
  }, [at]);
}

/** The banner. */
export default function ImpersonationBanner({ acted }: { acted: Impersonation }) {
  const { t } = useTranslation();
  const { slug } = useTenant();
  const cache = useQueryClient();
  const end = useEndImpersonation();
  const [isBusy, setBusy] = useState(false);
  const { view, user } = acted;
  const stop = async () => {
    setBusy(true);
    await end(acted).finally(() => setBusy(false));
  };
  useExpiry(view.expires_at, () => {
    toastFailure(t('impersonations.over'));
    if (slug === acted.slug) {
      void end(acted);
    } else {
      forgetImpersonation(cache);
    }
  });
  return (
    <section
      aria-label={t('impersonations.one')}
      className="flex flex-wrap items-center gap-x-4 gap-y-2 border-b border-warn bg-warn-soft px-4 py-2 text-warn md:px-6"
    >
      <UserRoundCog aria-hidden className="size-5 shrink-0" />
      <div className="min-w-0 flex-1 basis-64">
        <p className="font-semibold break-words">
          {t('impersonations.banner', { operator: view.operator_email, name: nameOf(user) })}
        </p>
        <p className="break-words">
          {t(`impersonations.modes.${view.mode}`)}
          {' · '}
          {t('impersonations.until')} <Time at={view.expires_at} isFull />
          {' · '}
          {view.reason}
        </p>
      </div>
      {slug !== acted.slug && (
        <Link to="/$tenant" params={{ tenant: acted.slug }} search={{} as never} className="underline">
          {t('impersonations.back')}
        </Link>
      )}
      <Button isBusy={isBusy} onClick={() => void stop()}>
        {t('impersonations.endNow')}
      </Button>
    </section>
  );
}
