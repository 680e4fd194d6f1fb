/** One decision: what was asked, what was known, what decided; and the way into the simulator with the same question. */
import { useQuery } from '@tanstack/react-query';
import { useParams } from '@tanstack/react-router';
import { type Answer, ApiError, call, type Schemas, type Tenantry } from '@tenantry/sdk';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { DetailPage } from '../../templates/detail-page';
import type { Search } from '../../templates/list-model';
import { useListSearch } from '../../templates/list-search';
import { buttonClass } from '../../ui/button';
import { Card, Facts } from '../../ui/card';
import { CopyButton, CurlButton } from '../../ui/curl';
import { Time } from '../../ui/format';
import { TenantLink } from '../../ui/link';
import { Scroll } from '../../ui/scroll';
import { DecidingPolicies, DecisionBadge } from '../access/decision';
import { searchOf } from '../access/question';
import { timeOf } from '../shared/ids';
import { Person } from '../shared/person';

type Decision = Schemas['DecisionView'];

/** Decisions are written a moment after they are made; so much later than its id says one may stand in the list. */
const LATE = 60_000;

/** After so many pages of 100 it is given up. */
const PAGES = 30;

function pageCall({ user_id, action, decision, cursor }: Search) {
  return call('get', '/access/logs', {
    query: {
      limit: 100,
      ...(user_id && { user_id }),
      ...(action && { action }),
      ...((decision === 'allow' || decision === 'deny') && { decision }),
      ...(cursor && { cursor }),
    },
  });
}

async function findDecision(client: Tenantry, id: string, where: Search): Promise<Answer<Decision>> {
  let cursor = where.cursor;
  for (let page = 0; page < PAGES; page += 1) {
    const { data, meta } = await client.send(pageCall({ ...where, ...(cursor && { cursor }) }));
    const found = data.find((decision) => decision.id === id);
    if (found) {
      return { data: found, isReplayed: false };
    }
    const oldest = data.at(-1);
    cursor = meta?.next_cursor ?? undefined;
    if (!cursor || !oldest || new Date(oldest.at).getTime() < timeOf(id) - LATE) {
      break;
    }
  }
  throw new ApiError(404, 'not_found', 'There is no such decision.');
}

/** The page. */
export function DecisionDetail() {
  const { t } = useTranslation();
  const { slug, client, can } = useTenant();
  const { id } = useParams({ strict: false }) as { id: string };
  const { search } = useListSearch();
  const read = useQuery({
    queryKey: [slug, '/access/logs', 'decision', id],
    queryFn: () => findDecision(client, id, search),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return (
    <DetailPage
      read={read}
      back={{ to: '/decisions', label: t('places.decisions') }}
      title={({ action }) => action}
      description={({ reason }) => reason}
      badge={({ decision }) => <DecisionBadge decision={decision} />}
      actions={(decision) => (
        <>
          <CurlButton isIcon target={() => pageCall(search)} />
          {can('access:check') && decision.user_id && (
            <TenantLink to="/simulator" search={searchOf(decision)} className={buttonClass('primary')}>
              {t('decisions.again')}
            </TenantLink>
          )}
        </>
      )}
      aside={(decision) => <DecisionFacts decision={decision} />}
    >
      {(decision) => (
        <>
          <Card title={t('simulator.policies')}>
            <DecidingPolicies policies={decision.policies} />
          </Card>
          <Card title={t('decisions.known')} description={t('decisions.knownHelp')}>
            <Scroll label={t('decisions.known')} className="overflow-x-auto rounded-md bg-sunken p-3">
              <pre className="font-mono text-xs leading-5">{JSON.stringify(decision.facts ?? {}, null, 2)}</pre>
            </Scroll>
          </Card>
        </>
      )}
    </DetailPage>
  );
}

function DecisionFacts({ decision }: { decision: Decision }) {
  const { t } = useTranslation();
  const mono = 'font-mono text-xs break-all';
  return (
    <Card title={t('detail.facts')}>
      <Facts
        items={[
          [t('fields.at'), <Time key="at" at={decision.at} isFull />],
          [
            t('simulator.user'),
            decision.user_id ? <Person key="user" id={decision.user_id} /> : (decision.subject ?? '—'),
          ],
          [t('fields.resource'), decision.resource_type],
          [
            t('audit.resourceId'),
            <code key="rid" className={mono}>
              {decision.resource_name ?? decision.resource_id ?? '—'}
            </code>,
          ],
          [
            t('trouble.requestId'),
            <span key="rq" className="flex items-center gap-1">
              <code className={mono}>{decision.request_id}</code>
              <CopyButton text={decision.request_id} label={t('trouble.copyId')} />
            </span>,
          ],
        ]}
      />
    </Card>
  );
}
