/** The versions of a policy: what changed from one to the next, and the way back. Which two are compared is in the URL. */
import { call, type Schemas } from '@tenantry/sdk';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { useListSearch } from '../../templates/list-search';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { useConfirm } from '../../ui/confirm';
import { Time } from '../../ui/format';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { Changes } from '../audit/changes';
import { Person } from '../shared/person';
import { usePages } from '../shared/use-pages';

type Policy = Schemas['PolicyView'];
type Version = Schemas['VersionView'];

/** The card. */
export default function PolicyVersions({ policy, etag }: { policy: Policy; etag: string | undefined }) {
  const { t } = useTranslation();
  const { search } = useListSearch();
  const path = { policy_id: policy.id };
  const { read, items: versions = [], more } = usePages('/policies/{policy_id}/versions', { path }, { limit: 10 });
  const newest = versions[0]?.version;
  const [from, to] = [Number(search.from), Number(search.to)];
  return (
    <Card title={t('policies.versions')} isFlush>
      {read.isPending && (
        <div className="p-4">
          <Skeleton lines={3} />
        </div>
      )}
      {read.isError && <Trouble error={read.error} onRetry={() => void read.refetch()} />}
      <ul className="divide-y divide-line">
        {versions.map((version) => (
          <li key={version.version} className="px-4 py-2.5">
            <Line policy={policy} version={version} newest={newest ?? 0} etag={etag} />
            {from > 0 && to > 0 && version.version === Math.min(from, to) && (
              <Difference id={policy.id} from={from} to={to} />
            )}
          </li>
        ))}
      </ul>
      {more && (
        <div className="border-t border-line px-4 py-2">
          <Button size="small" onClick={more}>
            {t('list.more')}
          </Button>
        </div>
      )}
    </Card>
  );
}

interface LineProps {
  policy: Policy;
  version: Version;
  newest: number;
  etag: string | undefined;
}

function Line({ policy, version: { version, created_at, created_by }, newest, etag }: LineProps) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const { search, change } = useListSearch();
  const confirm = useConfirm();
  const isShown = Number(search.from) === version && Number(search.to) === newest;
  const goBack = () =>
    confirm({
      title: t('policies.rollbackTitle', { version }),
      body: t('policies.rollbackBody'),
      verb: t('policies.rollback'),
      call: call('post', '/policies/{policy_id}/rollback', {
        path: { policy_id: policy.id },
        body: { version },
        ifMatch: etag,
      }),
      done: t('policies.rolledBack', { version }),
      refresh: ['/policies', '/audit/logs'],
      onDone: () => change({ from: undefined, to: undefined }),
    });
  return (
    <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
      <span className="font-medium">{t('policies.version', { version })}</span>
      {version === newest && <Badge tone="info">{t('policies.current')}</Badge>}
      <span className="text-ink-soft">
        <Person id={created_by} isPlain /> · <Time at={created_at} />
      </span>
      {version !== newest && (
        <span className="ml-auto flex flex-wrap gap-2">
          <Button
            size="small"
            aria-pressed={isShown}
            aria-label={t('policies.compareOf', { version })}
            onClick={() =>
              change(isShown ? { from: undefined, to: undefined } : { from: String(version), to: String(newest) })
            }
          >
            {t('policies.compare')}
          </Button>
          {can('policies:update') && (
            <Button size="small" aria-label={t('policies.rollbackOf', { version })} onClick={goBack}>
              {t('policies.rollback')}
            </Button>
          )}
        </span>
      )}
    </div>
  );
}

function Difference({ id, from, to }: { id: string; from: number; to: number }) {
  const { t } = useTranslation();
  const read = useRead(call('get', '/policies/{policy_id}/diff', { path: { policy_id: id }, query: { from, to } }));
  if (read.isError) {
    return <Trouble error={read.error} onRetry={() => void read.refetch()} />;
  }
  if (!read.data) {
    return <Skeleton lines={2} />;
  }
  const { changes } = read.data.data;
  const side = (name: 'old' | 'new') =>
    Object.fromEntries(
      changes.filter((change) => name in change).map((change) => [change.pointer.slice(2), change[name]]),
    );
  return (
    <div className="mt-2 rounded-md border border-line">
      <p className="border-b border-line px-3 py-1.5 text-[0.8125rem] text-ink-soft">
        {t('policies.between', { from, to })}
      </p>
      <Changes before={side('old')} after={side('new')} />
    </div>
  );
}
