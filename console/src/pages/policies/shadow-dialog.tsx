/** A draft against recorded decisions: which of them would it have decided otherwise? */
import { useInfiniteQuery } from '@tanstack/react-query';
import { type Answer, call, type Schemas } from '@tenantry/sdk';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { Time } from '../../ui/format';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { DecisionBadge, resourceOf } from '../access/decision';
import { Person } from '../shared/person';
import { useAssignments } from './assignments';

type Policy = Schemas['PolicyView'];
type Shadow = Schemas['Shadow'];

/** So many decisions are looked at for a page. */
const PAGE = 100;

interface ShadowDialogProps {
  policy: Policy | undefined;
  draft: Schemas['NewPolicy'];
  onClose: () => void;
}

/** The dialog. */
export default function ShadowDialog({ policy, draft, onClose }: ShadowDialogProps) {
  const { t } = useTranslation();
  const assignments = useAssignments(policy?.id ?? '', policy !== undefined);
  const trial = {
    drafts: [{ policy: draft, assigned_to: (assignments.data ?? []).map(({ assignee_id }) => assignee_id) }],
    without: policy ? [policy.id] : [],
  };
  return (
    <Dialog title={t('policies.shadow')} shape="wide" onClose={onClose}>
      <p className="mb-3 text-ink-soft">{t('policies.shadowHelp')}</p>
      {assignments.isError && <Trouble error={assignments.error} onRetry={() => void assignments.refetch()} />}
      {policy && assignments.isPending ? <Skeleton lines={4} /> : !assignments.isError && <Results trial={trial} />}
    </Dialog>
  );
}

function Results({ trial }: { trial: NonNullable<Shadow['trial']> }) {
  const { t } = useTranslation();
  const { slug, client } = useTenant();
  const read = useInfiniteQuery({
    queryKey: [slug, '/access/shadow', trial],
    queryFn: ({ pageParam, signal }): Promise<Answer<Schemas['Changed2'][]>> =>
      client.send(call('post', '/access/shadow', { body: { trial, limit: PAGE, cursor: pageParam || null } }), signal),
    initialPageParam: '',
    getNextPageParam: ({ meta }) => meta?.next_cursor ?? undefined,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  if (read.isPending) {
    return <Skeleton lines={4} />;
  }
  if (read.isError && !read.data) {
    return <Trouble error={read.error} onRetry={() => void read.refetch()} />;
  }
  const changed = read.data?.pages.flatMap(({ data }) => data) ?? [];
  return (
    <div className="space-y-3">
      <p role="status" className="font-medium">
        {changed.length === 0 ? t('policies.shadowSame') : t('policies.shadowChanged', { count: changed.length })}
      </p>
      <ul className="divide-y divide-line rounded-md border border-line empty:hidden">
        {changed.map(({ recorded, trial: answer }) => (
          <li key={recorded.id} className="space-y-1 px-3 py-2">
            <p className="flex flex-wrap items-center gap-2">
              <DecisionBadge decision={recorded.decision} />→
              <DecisionBadge decision={answer.allowed ? 'allow' : 'deny'} />
              <code className="font-mono text-xs">{recorded.action}</code>
              <span className="text-ink-soft">{resourceOf(recorded)}</span>
            </p>
            <p className="text-[0.8125rem] text-ink-soft">
              {recorded.user_id ? <Person id={recorded.user_id} isPlain /> : recorded.subject} ·{' '}
              <Time at={recorded.at} /> · {answer.reason}
            </p>
          </li>
        ))}
      </ul>
      {read.isError && <Trouble error={read.error} onRetry={() => void read.fetchNextPage()} />}
      {read.hasNextPage ? (
        <Button isBusy={read.isFetchingNextPage} onClick={() => void read.fetchNextPage()}>
          {t('policies.shadowMore')}
        </Button>
      ) : (
        <p className="text-ink-soft">{t('policies.shadowEnd')}</p>
      )}
    </div>
  );
}
