/** The menu at the side: the tenant, and the places that the user may see. */
import { Link } from '@tanstack/react-router';
import { ChevronsUpDown } from 'lucide-react';
import { tenantRoute } from '../ui/link';
import { Menu, MenuItem, MenuLabel, MenuLine } from '../ui/menu';
import { type Place, placesFor } from './navigation';
import { usePreferences } from './preferences';
import { useTenant } from './tenant';
import { useTranslation } from './translation';

/** The menu. `onGo` is told when a place was chosen. */
export function Sidebar({ onGo }: { onGo?: () => void }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const places = placesFor(can);
  return (
    <div className="flex h-full flex-col gap-4 overflow-y-auto p-3">
      {onGo ? <TenantName /> : <TenantSwitcher />}
      <nav aria-label={t('shell.menu')} className="space-y-5">
        {(['main', 'access', 'programs', 'activity', 'self'] as const).map((group) => {
          const shown = places.filter((place) => place.group === group);
          return (
            shown.length > 0 && (
              <div key={group}>
                {group !== 'main' && (
                  <p className="mb-1 px-2 text-xs font-medium text-ink-soft">{t(`shell.groups.${group}`)}</p>
                )}
                <ul className="space-y-0.5">
                  {shown.map((place) => (
                    <li key={place.id}>
                      <PlaceLink place={place} onGo={onGo} />
                    </li>
                  ))}
                </ul>
              </div>
            )
          );
        })}
      </nav>
    </div>
  );
}

function PlaceLink({ place, onGo }: { place: Place; onGo: (() => void) | undefined }) {
  const { t } = useTranslation();
  const { slug } = useTenant();
  const { icon: Icon } = place;
  return (
    <Link
      to={tenantRoute(slug, place.to)}
      search={{} as never}
      activeOptions={{ exact: place.to === '/', includeSearch: false }}
      onClick={onGo}
      className="flex h-8 items-center gap-2.5 rounded-md px-2 text-ink-soft hover:bg-sunken hover:text-ink"
      activeProps={{ className: 'bg-sunken text-ink font-medium', 'aria-current': 'page' }}
    >
      <Icon aria-hidden className="size-4 shrink-0" />
      {t(`places.${place.id}`)}
    </Link>
  );
}

function Mark() {
  const { session } = useTenant();
  return (
    <span
      aria-hidden
      className="flex size-7 shrink-0 items-center justify-center rounded-md bg-accent text-sm font-semibold text-on-accent"
    >
      {session.tenant.name.slice(0, 1).toUpperCase()}
    </span>
  );
}

function TenantName() {
  const { session } = useTenant();
  return (
    <div className="flex items-center gap-2.5 px-1 py-1 font-semibold">
      <Mark />
      <span className="truncate">{session.tenant.name}</span>
    </div>
  );
}

/** The tenant, and the others that were opened in this browser. */
function TenantSwitcher() {
  const { t } = useTranslation();
  const { session, slug } = useTenant();
  const { recentTenants } = usePreferences();
  const others = recentTenants.filter((tenant) => tenant.slug !== slug);
  const open = (path: string) => window.location.assign(`/console/${path}`);
  return (
    <Menu
      label={t('shell.switch')}
      trigger={
        <button
          type="button"
          className="flex w-full items-center gap-2.5 rounded-md px-1 py-1 text-left font-semibold hover:bg-sunken"
        >
          <Mark />
          <span className="min-w-0 flex-1 truncate">{session.tenant.name}</span>
          <span className="sr-only">{t('shell.switch')}</span>
          <ChevronsUpDown aria-hidden className="size-4 text-ink-soft" />
        </button>
      }
    >
      {others.length > 0 && <MenuLabel>{t('shell.recent')}</MenuLabel>}
      {others.map((tenant) => (
        <MenuItem key={tenant.slug} onSelect={() => open(tenant.slug)}>
          {tenant.name}
        </MenuItem>
      ))}
      {others.length > 0 && <MenuLine />}
      <MenuItem onSelect={() => open('')}>{t('shell.another')}</MenuItem>
    </Menu>
  );
}
