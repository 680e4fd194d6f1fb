/** What the page knows about its connection: the live badge, and a bar while the network is cut. */
import { useQueryClient } from '@tanstack/react-query';
import { WifiOff } from 'lucide-react';
import { useEffect, useState } from 'react';
import { Badge, type Tone } from '../ui/badge';
import { isNetworkError, onTrouble } from './api';
import { type LiveState, useLiveState } from './live';
import { useTranslation } from './translation';

const TONES: Record<LiveState, Tone> = { live: 'good', connecting: 'neutral', waiting: 'warn', off: 'neutral' };

/** Whether events arrive. */
export function LiveBadge() {
  const { t } = useTranslation();
  const state = useLiveState();
  if (state === 'off') {
    return null;
  }
  return (
    <span role="status" data-live={state} title={t(`live.${state}Help`)}>
      <Badge tone={TONES[state]}>{t(`live.${state}`)}</Badge>
    </span>
  );
}

/** Says that the server cannot be reached, until it can. */
export function OfflineBar() {
  const { t } = useTranslation();
  const cache = useQueryClient();
  const [isCut, setCut] = useState(false);
  useEffect(() => {
    const goOffline = () => setCut(true);
    const goOnline = () => {
      setCut(false);
      void cache.refetchQueries({ type: 'active' });
    };
    window.addEventListener('offline', goOffline);
    window.addEventListener('online', goOnline);
    const stopTrouble = onTrouble((error) => isNetworkError(error) && setCut(true));
    const stopCache = cache.getQueryCache().subscribe((event) => {
      if (navigator.onLine && event.type === 'updated' && event.action.type === 'success') {
        setCut(false);
      }
    });
    return () => {
      window.removeEventListener('offline', goOffline);
      window.removeEventListener('online', goOnline);
      stopTrouble();
      stopCache();
    };
  }, [cache]);
  if (!isCut) {
    return null;
  }
  return (
    <div role="status" className="flex items-center justify-center gap-2 bg-warn-soft px-4 py-1.5 text-warn">
      <WifiOff aria-hidden className="size-4" />
      {t('live.cut')}
    </div>
  );
}
