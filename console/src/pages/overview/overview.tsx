/** The first page: the fleet for operators, one's own organisation for everyone else. */
import { useTenant } from '../../app/tenant';
import { FleetOverview } from './fleet';
import { TenantOverview } from './tenant';

/** The page. */
export function Overview() {
  const { can } = useTenant();
  return can('tenants:read') ? <FleetOverview /> : <TenantOverview />;
}
