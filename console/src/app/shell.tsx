/** The frame around every page of a tenant: menu, header, notices, dialogs. */
import { Outlet } from '@tanstack/react-router';
import { Menu as MenuIcon, Search } from 'lucide-react';
import { lazy, Suspense, useState } from 'react';
import { Button, IconButton } from '../ui/button';
import { ConfirmProvider } from '../ui/confirm';
import { Dialog } from '../ui/dialog';
import { Toaster } from '../ui/toasts';
import { LiveBadge, OfflineBar } from './connection';
import { useImpersonation } from './impersonation';
import { LiveProvider } from './live';
import { useShortcuts } from './shortcuts';
import { Sidebar } from './sidebar';
import { useTranslation } from './translation';
import { UserMenu } from './user-menu';

const Palette = lazy(() => import('./palette'));
const Help = lazy(() => import('./help'));
const ImpersonationBanner = lazy(() => import('./impersonation-banner'));

/** The frame. */
export function Shell() {
  const { t } = useTranslation();
  const [shown, setShown] = useState<'menu' | 'palette' | 'help'>();
  const close = () => setShown(undefined);
  const acted = useImpersonation();
  useShortcuts({ onPalette: () => setShown('palette'), onHelp: () => setShown('help') });

  return (
    <LiveProvider>
      <ConfirmProvider>
        <a
          href="#main"
          className="sr-only z-50 rounded-md bg-raised px-3 py-2 focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        >
          {t('shell.skip')}
        </a>
        <div className="flex min-h-dvh">
          <div className="sticky top-0 hidden h-dvh w-56 shrink-0 border-r border-line md:block">
            <Sidebar />
          </div>
          <div className="flex min-w-0 flex-1 flex-col">
            <div className="sticky top-0 z-30">
              <Suspense>{acted && <ImpersonationBanner acted={acted} />}</Suspense>
              <header className="flex h-13 items-center gap-2 border-b border-line bg-canvas px-3 md:px-6">
                <IconButton
                  label={t('shell.menu')}
                  icon={<MenuIcon aria-hidden className="size-5" />}
                  className="md:hidden"
                  onClick={() => setShown('menu')}
                />
                <Button
                  size="small"
                  className="min-w-0 justify-start font-normal text-ink-soft sm:w-64"
                  icon={<Search aria-hidden className="size-4" />}
                  onClick={() => setShown('palette')}
                >
                  <span className="max-sm:sr-only">{t('shell.search')}</span>
                  <kbd className="ml-auto hidden font-sans text-xs sm:inline">⌘K</kbd>
                </Button>
                <div className="ml-auto flex items-center gap-2">
                  <LiveBadge />
                  <UserMenu onHelp={() => setShown('help')} />
                </div>
              </header>
            </div>
            <OfflineBar />
            <main id="main" tabIndex={-1} className="flex-1 px-4 py-5 outline-none md:px-8 md:py-7">
              <Outlet />
            </main>
          </div>
        </div>
        {shown === 'menu' && (
          <Dialog title={t('shell.menu')} shape="drawer" onClose={close}>
            <Sidebar onGo={close} />
          </Dialog>
        )}
        <Suspense>
          {shown === 'palette' && <Palette onClose={close} />}
          {shown === 'help' && <Help onClose={close} />}
        </Suspense>
        <Toaster />
      </ConfirmProvider>
    </LiveProvider>
  );
}
