/** Sessions as people know them: browser, system, address, time. */
import type { Schemas } from '@tenantry/sdk';
import { Monitor, Smartphone, Terminal } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from '../../app/translation';
import { Badge } from '../../ui/badge';
import { Time } from '../../ui/format';

type SessionView = Schemas['SessionView'];

const BROWSERS = ['Edg', 'OPR', 'Firefox', 'Chrome', 'Safari'] as const;
const BROWSER_NAMES: Record<string, string> = { Edg: 'Edge', OPR: 'Opera' };
const SYSTEMS = ['Windows', 'Android', 'iPhone', 'iPad', 'Mac OS', 'Linux'] as const;

/** “Firefox · Linux”; other programs by the first word of what they send. */
export function clientName(userAgent: string | null | undefined): string {
  if (!userAgent) {
    return '—';
  }
  const browser = BROWSERS.find((name) => userAgent.includes(`${name}/`));
  const system = SYSTEMS.find((name) => userAgent.includes(name));
  if (!browser) {
    return userAgent.split(/[/ ]/)[0] ?? userAgent;
  }
  return [BROWSER_NAMES[browser] ?? browser, system].filter(Boolean).join(' · ');
}

/** What a client is like: a browser, a telephone, another program. */
export function ClientIcon({ userAgent }: { userAgent: string | null | undefined }) {
  const isBrowser = userAgent?.startsWith('Mozilla/') ?? false;
  const isPhone = /Android|iPhone/.test(userAgent ?? '');
  const Icon = isPhone ? Smartphone : isBrowser ? Monitor : Terminal;
  return <Icon aria-hidden className="size-5 shrink-0 text-ink-soft" />;
}

interface SessionListProps {
  sessions: readonly SessionView[];
  /** The session of this page. */
  current: string;
  actions?: (session: SessionView) => ReactNode;
}

/** The list. */
export function SessionList({ sessions, current, actions }: SessionListProps) {
  const { t } = useTranslation();
  if (sessions.length === 0) {
    return <p className="p-4 text-ink-soft">{t('sessions.none')}</p>;
  }
  return (
    <ul className="divide-y divide-line">
      {sessions.map((session) => (
        <li key={session.id} className="flex items-center gap-3 px-4 py-2.5">
          <ClientIcon userAgent={session.user_agent} />
          <div className="min-w-0 flex-1">
            <p className="flex flex-wrap items-center gap-2 font-medium" title={session.user_agent ?? undefined}>
              {session.device_name ?? clientName(session.user_agent)}
              {session.id === current && <Badge tone="good">{t('sessions.current')}</Badge>}
            </p>
            <p className="text-[0.8125rem] text-ink-soft">
              {session.ip ?? '—'} · {t('sessions.used')} <Time at={session.last_used_at} />
            </p>
          </div>
          {actions?.(session)}
        </li>
      ))}
    </ul>
  );
}
