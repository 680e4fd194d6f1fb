/** One event as subscribers get it (CloudEvents). */
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type Answer, ApiError, call, type Schemas, type Tenantry } from '@tenantry/sdk';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { DetailPage } from '../../templates/detail-page';
import { Card, Facts } from '../../ui/card';
import { CopyButton, CurlButton } from '../../ui/curl';
import { Time } from '../../ui/format';
import { Scroll } from '../../ui/scroll';
import { Person } from '../shared/person';
import { numberOf } from './list';

type CloudEvent = Schemas['CloudEvent'];

/** The shortest list that begins with the event of a running number. */
const listFrom = (sequence: string) =>
  call('get', '/events', { query: { after: Math.max(0, Number(sequence) - 1), limit: 10 } });

async function findEvent(client: Tenantry, sequence: string): Promise<Answer<CloudEvent>> {
  const { data } = await client.send(listFrom(sequence));
  const event = data.find((each) => numberOf(each.sequence) === sequence);
  if (!event) {
    throw new ApiError(404, 'not_found', 'There is no such event.');
  }
  return { data: event, isReplayed: false };
}

/** The page. */
export function EventDetail() {
  const { t } = useTranslation();
  const { slug, client } = useTenant();
  const { id } = useParams({ strict: false }) as { id: string };
  const read = useQuery({
    queryKey: [slug, '/events', id],
    queryFn: () => findEvent(client, id),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <DetailPage
      read={read}
      back={{ to: '/events', label: t('places.events') }}
      title={({ type }) => type}
      actions={() => <CurlButton isIcon target={() => listFrom(id)} />}
      aside={(event) => (
        <Card title={t('detail.facts')}>
          <Facts
            items={[
              [t('fields.sequence'), numberOf(event.sequence)],
              [t('fields.at'), <Time key="at" at={event.time} isFull />],
              [
                t('fields.subject'),
                <code key="s" className="font-mono text-xs break-all">
                  {event.subject}
                </code>,
              ],
              [t('fields.actor_id'), <Person key="actor" id={event.actorid} />],
              [
                t('trouble.requestId'),
                <code key="r" className="font-mono text-xs break-all">
                  {event.requestid}
                </code>,
              ],
            ]}
          />
        </Card>
      )}
    >
      {(event) => <EventSource event={event} />}
    </DetailPage>
  );
}

function EventSource({ event }: { event: CloudEvent }) {
  const { t } = useTranslation();
  const text = JSON.stringify(event, null, 2);
  return (
    <Card title={t('events.source')} actions={<CopyButton text={text} label={t('events.copy')} />} isFlush>
      <Scroll label={t('events.source')} className="overflow-x-auto p-4">
        <pre className="font-mono text-xs leading-5">{text}</pre>
      </Scroll>
    </Card>
  );
}
