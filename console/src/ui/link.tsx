/** Links inside the tenant of this page: `to` begins after the tenant. */
import { Link, useNavigate } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useTenant } from '../app/tenant';

/** The route behind an address inside a tenant. */
export function tenantRoute(slug: string, to: string) {
  return `/${slug}${to}` as '/';
}

interface TenantLinkProps {
  to: string;
  search?: Record<string, string>;
  className?: string;
  children: ReactNode;
}

/** A link that stays in the tenant. */
export function TenantLink({ to, search, className, children }: TenantLinkProps) {
  const { slug } = useTenant();
  return (
    <Link to={tenantRoute(slug, to)} search={(search ?? {}) as never} className={className}>
      {children}
    </Link>
  );
}

/** Go somewhere in the tenant. `isForced` leaves a form although it has unsaved changes. */
export function useGo(): (to: string, options?: { isForced?: boolean; search?: Record<string, string> }) => void {
  const { slug } = useTenant();
  const navigate = useNavigate();
  return (to, options) =>
    void navigate({
      to: tenantRoute(slug, to),
      search: (options?.search ?? {}) as never,
      ignoreBlocker: options?.isForced ?? false,
    });
}
