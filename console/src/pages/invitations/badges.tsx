/** What has become of an invitation. */
import { useTranslation } from '../../app/translation';
import { Badge, type Tone } from '../../ui/badge';
import type { Invitation } from './model';

const TONES: Record<Invitation['state'], Tone> = {
  pending: 'warn',
  accepted: 'good',
  revoked: 'neutral',
  expired: 'neutral',
};

/** The state. */
export function InvitationState({ state }: { state: Invitation['state'] }) {
  const { t } = useTranslation();
  return <Badge tone={TONES[state]}>{t(`invitations.states.${state}`)}</Badge>;
}
