/** Whether a provider is offered to those who sign in. */
import { useTranslation } from '../../app/translation';
import { Badge } from '../../ui/badge';

/** On or off, for identity providers. */
export function ProviderState({ isEnabled }: { isEnabled: boolean }) {
  const { t } = useTranslation();
  return <Badge tone={isEnabled ? 'good' : 'neutral'}>{t(isEnabled ? 'clients.on' : 'clients.off')}</Badge>;
}
