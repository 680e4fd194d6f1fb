/** The tenant's events, as they come. */
import type { Schemas } from '@tenantry/sdk';
import { useEffect, useState } from 'react';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { ListModel } from '../../templates/list-model';
import { ListPage } from '../../templates/list-page';
import { Badge } from '../../ui/badge';
import { Card } from '../../ui/card';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { Person } from '../shared/person';

type CloudEvent = Schemas['CloudEvent'];

/** The running number without its zeros. */
export function numberOf(sequence: string): string {
  return sequence.replace(/^0+(?=\d)/, '');
}

/** The page: what happens now above, what happened below. */
export function EventList() {
  const { t } = useTranslation();
  const model: ListModel<'/events'> = {
    id: 'events',
    path: '/events',
    title: t('places.events'),
    description: t('events.help'),
    rowId: ({ id }) => id,
    rowLink: ({ sequence }) => `/events/${numberOf(sequence)}`,
    columns: [
      { id: 'type', header: t('fields.type'), cell: ({ type }) => <span className="font-mono text-xs">{type}</span> },
      { id: 'sequence', header: t('fields.sequence'), isNumber: true, cell: ({ sequence }) => numberOf(sequence) },
      { id: 'time', header: t('fields.at'), cell: ({ time }) => <Time at={time} /> },
      {
        id: 'subject',
        header: t('fields.subject'),
        from: 'md',
        cell: ({ subject }) => <code className="font-mono text-xs text-ink-soft">{subject}</code>,
      },
      { id: 'actor', header: t('fields.actor_id'), from: 'lg', cell: ({ actorid }) => <Person id={actorid} isPlain /> },
    ],
    filters: [
      { id: 'type', label: t('events.exactType'), kind: 'text' },
      { id: 'after', label: t('events.after'), kind: 'text' },
    ],
    empty: { title: t('events.none'), help: t('events.noneHelp') },
  };
  return (
    <>
      <ListPage model={model} />
      <LiveEvents />
    </>
  );
}

const SHOWN = 20;

/** The last events since the page was opened. */
function useLiveEvents(): CloudEvent[] {
  const { client, can } = useTenant();
  const [events, setEvents] = useState<CloudEvent[]>([]);
  const isAllowed = can('events:read');
  useEffect(() => {
    if (!isAllowed) {
      return;
    }
    const end = new AbortController();
    const follow = async () => {
      for await (const event of client.events({ signal: end.signal })) {
        setEvents((known) => [event, ...known].slice(0, SHOWN));
      }
    };
    follow().catch(() => undefined);
    return () => end.abort();
  }, [client, isAllowed]);
  return events;
}

function LiveEvents() {
  const { t } = useTranslation();
  const events = useLiveEvents();
  return (
    <div className="mx-auto mt-6 max-w-7xl">
      <Card title={t('events.live')} description={t('events.liveHelp')} isFlush>
        {events.length === 0 && <p className="p-4 text-ink-soft">{t('events.waiting')}</p>}
        <ul aria-live="polite" aria-label={t('events.live')} className="divide-y divide-line">
          {events.map(({ id, type, subject, time, sequence }) => (
            <li key={id} className="relative flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 hover:bg-sunken">
              <Badge tone="info">{numberOf(sequence)}</Badge>
              <TenantLink
                to={`/events/${numberOf(sequence)}`}
                className="font-mono text-xs font-medium after:absolute after:inset-0"
              >
                {type}
              </TenantLink>
              <code className="font-mono text-xs break-all text-ink-soft">{subject}</code>
              <span className="ml-auto text-ink-soft">
                <Time at={time} isFull />
              </span>
            </li>
          ))}
        </ul>
      </Card>
    </div>
  );
}
