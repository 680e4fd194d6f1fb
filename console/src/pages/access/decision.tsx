/** Words and badges for decisions: in the log, in the simulator, in shadow evaluation. */
import { call, type Schemas } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Badge } from '../../ui/badge';
import { TenantLink } from '../../ui/link';
import { shortId } from '../shared/person';

type Decision = Schemas['DecisionView'];

/** Allowed or denied. */
export function DecisionBadge({ decision }: { decision: 'allow' | 'deny' }) {
  const { t } = useTranslation();
  return (
    <Badge tone={decision === 'allow' ? 'good' : 'danger'}>
      {t(decision === 'allow' ? 'simulator.allowed' : 'simulator.denied')}
    </Badge>
  );
}

/** The resource of a decision, in short. */
export function resourceOf({ resource_type, resource_id, resource_name }: Decision): string {
  const id = resource_name ?? (resource_id ? shortId(resource_id) : '');
  return `${resource_type} ${id}`.trim();
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** A policy that decided: one of the tenant's by its id, or one of the product's by its name. */
export function DecidingPolicy({ policy }: { policy: string }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const isOwn = ID.test(policy);
  const target = call('get', '/policies/{policy_id}', { path: { policy_id: policy } });
  const read = useRead(target, { enabled: isOwn && can('policies:read'), staleFor: 60_000 });
  if (!isOwn) {
    return (
      <span>
        <code className="font-mono text-xs">{policy}</code>{' '}
        <span className="text-ink-soft">({t('simulator.builtIn')})</span>
      </span>
    );
  }
  if (!can('policies:read')) {
    return <code className="font-mono text-xs">{shortId(policy)}</code>;
  }
  return (
    <TenantLink to={`/policies/${policy}`} className="font-medium underline underline-offset-2">
      {read.data?.data.name ?? (read.isError ? t('simulator.gonePolicy', { id: shortId(policy) }) : shortId(policy))}
    </TenantLink>
  );
}

/** The policies that decided. */
export function DecidingPolicies({ policies }: { policies: readonly string[] }) {
  if (policies.length === 0) {
    return <span>—</span>;
  }
  return (
    <ul className="space-y-0.5">
      {policies.map((policy) => (
        <li key={policy}>
          <DecidingPolicy policy={policy} />
        </li>
      ))}
    </ul>
  );
}
