/** One entry of the trail: who, what, when, from where, and what changed. */
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type Answer, ApiError, call, type Schemas, type Tenantry } from '@tenantry/sdk';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { DetailPage } from '../../templates/detail-page';
import { Badge, toneOf } from '../../ui/badge';
import { Card, Facts } from '../../ui/card';
import { CopyButton, CurlButton } from '../../ui/curl';
import { Time } from '../../ui/format';
import { timeOf } from '../shared/ids';
import { Person } from '../shared/person';
import { clientName } from '../shared/session-list';
import { Changes } from './changes';

type Entry = Schemas['AuditView'];

/** Ids carry the millisecond of their making (UUIDv7); entries are found again by the time around it. */
const AROUND = 5_000;

/** The list in which an entry is found. */
function around(id: string) {
  const at = timeOf(id) || 0;
  const [from, to] = [at - AROUND, at + AROUND].map((time) => new Date(time).toISOString());
  return call('get', '/audit/logs', { query: { from, to, limit: 100 } });
}

async function findEntry(client: Tenantry, id: string): Promise<Answer<Entry>> {
  const { query } = around(id).input as { query: { from: string; to: string } };
  for await (const entry of client.paginate('/audit/logs', { query })) {
    if (entry.id === id) {
      return { data: entry, isReplayed: false };
    }
  }
  throw new ApiError(404, 'not_found', 'There is no such entry.');
}

/** The page. */
export function AuditDetail() {
  const { t } = useTranslation();
  const { slug, client } = useTenant();
  const { id } = useParams({ strict: false }) as { id: string };
  const read = useQuery({
    queryKey: [slug, '/audit/logs', 'entry', id],
    queryFn: () => findEntry(client, id),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <DetailPage
      read={read}
      back={{ to: '/audit', label: t('places.audit') }}
      title={({ action }) => action}
      badge={({ outcome }) => (
        <Badge tone={toneOf(outcome)}>{t(`audit.outcomes.${outcome as 'success'}`, outcome)}</Badge>
      )}
      actions={() => <CurlButton isIcon target={() => around(id)} />}
      aside={(entry) => <EntryFacts entry={entry} />}
    >
      {(entry) => (
        <Card title={t('audit.changes')}>
          <Changes before={entry.old_values} after={entry.new_values} />
        </Card>
      )}
    </DetailPage>
  );
}

function EntryFacts({ entry }: { entry: Entry }) {
  const { t } = useTranslation();
  const mono = 'font-mono text-xs break-all';
  return (
    <Card title={t('detail.facts')}>
      <Facts
        items={[
          [t('fields.at'), <Time key="at" at={entry.at} isFull />],
          [
            t('fields.actor_id'),
            entry.actor_id ? (
              <Person key="actor" id={entry.actor_id} />
            ) : (
              t(`audit.actors.${entry.actor_type as 'system'}`, entry.actor_type)
            ),
          ],
          ...(entry.impersonator_id
            ? [[t('audit.impersonator'), <Person key="imp" id={entry.impersonator_id} />] as const]
            : []),
          [t('fields.resource'), `${entry.resource_type}`],
          [
            t('audit.resourceId'),
            <code key="rid" className={mono}>
              {entry.resource_id ?? '—'}
            </code>,
          ],
          [t('audit.reason'), entry.reason ?? '—'],
          [t('fields.ip'), entry.ip ?? '—'],
          [
            t('audit.client'),
            <span key="ua" title={entry.user_agent ?? undefined}>
              {clientName(entry.user_agent)}
            </span>,
          ],
          [
            t('trouble.requestId'),
            <span key="rq" className="flex items-center gap-1">
              <code className={mono}>{entry.request_id}</code>
              <CopyButton text={entry.request_id} label={t('trouble.copyId')} />
            </span>,
          ],
        ]}
      />
    </Card>
  );
}
