/** The menu of the signed-in person. */
import { useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { CircleHelp, LogOut, SlidersHorizontal, UserRound } from 'lucide-react';
import { useGo } from '../ui/link';
import { Menu, MenuChoice, MenuItem, MenuLabel, MenuLine } from '../ui/menu';
import { LANGUAGES, wantedLanguage } from './i18n';
import { endImpersonation, forgetImpersonation, type Impersonation, impersonation } from './impersonation';
import { setPreferences, type ThemeChoice, usePreferences } from './preferences';
import { forget, nameOf, OWN_ACCOUNT, SIGN_OUT } from './session';
import { useTenant } from './tenant';
import { useTranslation } from './translation';

/** Stop acting in somebody's name, and be back where it began. */
export function useEndImpersonation(): (acted: Impersonation) => Promise<void> {
  const cache = useQueryClient();
  const navigate = useNavigate();
  return async ({ operatorSlug, tenantId }) => {
    await endImpersonation();
    const params = { tenant: operatorSlug, id: tenantId };
    await navigate({ to: '/$tenant/tenants/$id', params, search: {} as never, ignoreBlocker: true });
    forgetImpersonation(cache);
  };
}

/** Sign out of the tenant; the cookies are cleared by the server. Who acts in another's name only stops doing so. */
export function useSignOut(): () => Promise<void> {
  const { client, slug } = useTenant();
  const cache = useQueryClient();
  const navigate = useNavigate();
  const end = useEndImpersonation();
  return async () => {
    const acted = impersonation();
    if (acted) {
      await end(acted);
    }
    if (acted?.slug === slug) {
      return;
    }
    await client.send(SIGN_OUT).catch(() => undefined);
    await navigate({ to: '/$tenant/sign-in', params: { tenant: slug } });
    forget(cache, slug);
  };
}

/** The menu. */
export function UserMenu({ onHelp }: { onHelp: () => void }) {
  const { t } = useTranslation();
  const { session, can } = useTenant();
  const { theme } = usePreferences();
  const go = useGo();
  const signOut = useSignOut();
  const name = nameOf(session.user);
  const icon = 'size-4 text-ink-soft';
  return (
    <Menu
      trigger={
        <button
          type="button"
          className="flex size-8 items-center justify-center rounded-full border border-line-strong bg-surface text-xs font-semibold"
        >
          <span aria-hidden>{name.slice(0, 2).toUpperCase()}</span>
          <span className="sr-only">{t('shell.user', { name })}</span>
        </button>
      }
    >
      <div className="px-2 pt-1.5 pb-1">
        <p className="font-medium">{name}</p>
        <p className="text-xs text-ink-soft">{session.user.email}</p>
      </div>
      <MenuLine />
      {can(OWN_ACCOUNT) && (
        <MenuItem icon={<UserRound aria-hidden className={icon} />} onSelect={() => go('/account')}>
          {t('places.account')}
        </MenuItem>
      )}
      <MenuItem icon={<SlidersHorizontal aria-hidden className={icon} />} onSelect={() => go('/preferences')}>
        {t('places.preferences')}
      </MenuItem>
      <MenuItem icon={<CircleHelp aria-hidden className={icon} />} onSelect={onHelp}>
        {t('help.title')}
      </MenuItem>
      <MenuLine />
      <MenuLabel>{t('theme.title')}</MenuLabel>
      <MenuChoice
        value={theme}
        options={(['system', 'light', 'dark'] as const).map((choice) => [choice, t(`theme.${choice}`)] as const)}
        onChange={(choice) => setPreferences({ theme: choice as ThemeChoice })}
      />
      <MenuLine />
      <MenuLabel>{t('preferences.language')}</MenuLabel>
      <MenuChoice
        value={wantedLanguage()}
        options={Object.entries(LANGUAGES)}
        onChange={(language) => setPreferences({ language })}
      />
      <MenuLine />
      <MenuItem icon={<LogOut aria-hidden className={icon} />} onSelect={() => void signOut()}>
        {t(session.impersonator_id ? 'impersonations.endNow' : 'shell.signOut')}
      </MenuItem>
    </Menu>
  );
}
