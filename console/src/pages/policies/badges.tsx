/** What a policy does and whether it does, as badges. */
import type { Schemas } from '@tenantry/sdk';
import { useTranslation } from '../../app/translation';
import { Badge } from '../../ui/badge';
import { effectOf } from './document';

type Policy = Schemas['PolicyView'];

/** What a policy does, as a badge. */
export function EffectBadge({ policy }: { policy: Policy }) {
  const { t } = useTranslation();
  const effect = effectOf(policy);
  return <Badge tone={effect === 'allow' ? 'good' : 'danger'}>{t(`policies.effects.${effect}`)}</Badge>;
}

/** Whether a policy is enabled, as a badge. */
export function StateBadge({ policy }: { policy: Policy }) {
  const { t } = useTranslation();
  const isOn = policy.is_enabled !== false;
  return <Badge tone={isOn ? 'info' : 'neutral'}>{t(isOn ? 'policies.on' : 'policies.off')}</Badge>;
}
