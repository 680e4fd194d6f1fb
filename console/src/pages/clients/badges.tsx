/** Whether a client may get anything. */
import { useTranslation } from '../../app/translation';
import { Badge } from '../../ui/badge';

/** On or off, for clients. */
export function ClientState({ isActive }: { isActive: boolean }) {
  const { t } = useTranslation();
  return <Badge tone={isActive ? 'good' : 'neutral'}>{t(isActive ? 'clients.on' : 'clients.off')}</Badge>;
}
