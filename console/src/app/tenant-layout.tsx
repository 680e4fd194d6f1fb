/** Gives the pages their tenant, and handles what concerns all of them: a session that is over, a permission that is gone. */
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate, useParams, useRouter } from '@tanstack/react-router';
import { useEffect, useMemo } from 'react';
import { toastFailure } from '../ui/toasts';
import { clientOf, isStatus, onTrouble } from './api';
import {
  forgetImpersonation,
  impersonation,
  isImpersonationEnding,
  noteImpersonationOver,
  useImpersonation,
} from './impersonation';
import { preferences, setPreferences } from './preferences';
import { forget, holds, type Session, sessionQuery } from './session';
import { Shell } from './shell';
import { TenantContext } from './tenant';
import { translate } from './texts';
import { showTheme } from './theme';

function remember({ tenant }: Session): void {
  const others = preferences().recentTenants.filter(({ slug }) => slug !== tenant.slug);
  setPreferences({ recentTenants: [{ slug: tenant.slug, name: tenant.name }, ...others].slice(0, 8) });
}

/** On 401 to the sign-in and back afterwards; on 403 the permissions are read again. */
function useSessionTrouble(slug: string): void {
  const cache = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  useEffect(
    () =>
      onTrouble((error) => {
        const acted = impersonation();
        if (isStatus(error, 401) && error.code === 'proof_too_old') {
          // The session is good; the page that asked answers for it.
          return;
        }
        if (isStatus(error, 401) && isImpersonationEnding()) {
          return;
        }
        if (isStatus(error, 401) && acted?.slug === slug) {
          noteImpersonationOver();
          const [to, params] = ['/$tenant/tenants/$id', { tenant: acted.operatorSlug, id: acted.tenantId }] as const;
          void navigate({ to, params, ignoreBlocker: true, replace: true }).then(() => {
            forgetImpersonation(cache);
            toastFailure(translate('impersonations.over'));
          });
        } else if (isStatus(error, 401)) {
          // An impersonation ends with the session of its operator.
          forgetImpersonation(cache);
          const to = router.state.location.href;
          const search = { to, reason: 'ended' } as never;
          void navigate({
            to: '/$tenant/sign-in',
            params: { tenant: slug },
            search,
            ignoreBlocker: true,
            replace: true,
          });
          forget(cache, slug);
        } else if (isStatus(error, 403)) {
          void cache.invalidateQueries({ queryKey: sessionQuery(slug).queryKey });
        }
      }),
    [cache, navigate, router, slug],
  );
}

/** The layout of all pages of a tenant. */
export function TenantLayout() {
  const { tenant: slug } = useParams({ from: '/$tenant' });
  const { data: session } = useQuery(sessionQuery(slug));
  useSessionTrouble(slug);
  useEffect(() => {
    showTheme(slug);
    return () => showTheme(undefined);
  }, [slug]);
  const tenant = session?.tenant;
  useEffect(() => {
    if (tenant && session) {
      remember(session);
    }
  }, [tenant, session]);
  const mode = useImpersonation()?.view.mode;
  const scope = useMemo(
    () => session && { slug, session, client: clientOf(slug), can: (name: string) => holds(session, name, mode) },
    [slug, session, mode],
  );
  return (
    scope && (
      <TenantContext value={scope}>
        <Shell />
      </TenantContext>
    )
  );
}
