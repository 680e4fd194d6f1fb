/** One policy: its editor, whom it concerns, its versions. */
import { useParams } from '@tanstack/react-router';
import { type Answer, call, type Schemas } from '@tenantry/sdk';
import { lazy, Suspense } from 'react';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { ApiForm } from '../../forms/api-form';
import { DetailPage } from '../../templates/detail-page';
import { Button } from '../../ui/button';
import { Card, Facts } from '../../ui/card';
import { useConfirm } from '../../ui/confirm';
import { CurlButton } from '../../ui/curl';
import { Time, useNumber } from '../../ui/format';
import { useGo } from '../../ui/link';
import { Scroll } from '../../ui/scroll';
import { Skeleton } from '../../ui/skeleton';
import { History } from '../shared/history';
import { PolicyAssignments } from './assignments';
import { EffectBadge, StateBadge } from './badges';
import { aboutOf, policyField, toBody, toText, toValues } from './document';
import { PolicyFields, usePolicyLabels } from './fields';
import { ShadowButton } from './shadow';

const PolicyVersions = lazy(() => import('./versions'));

type Policy = Schemas['PolicyView'];

/** The page. */
export function PolicyDetail() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const number = useNumber();
  const { id } = useParams({ strict: false });
  const target = call('get', '/policies/{policy_id}', { path: { policy_id: id as string } });
  return (
    <DetailPage
      read={useRead(target)}
      back={{ to: '/policies', label: t('places.policies') }}
      title={({ name }) => name}
      description={({ description }) => description}
      badge={(policy) => (
        <>
          <StateBadge policy={policy} />
          <EffectBadge policy={policy} />
        </>
      )}
      actions={(policy) => (
        <>
          <CurlButton isIcon target={() => target} />
          <StateButton policy={policy} />
          <DeleteButton policy={policy} />
        </>
      )}
      aside={(policy) => (
        <>
          <PolicyAssignments policy={policy} />
          <Card title={t('detail.facts')}>
            <Facts
              items={[
                [t('policies.about'), aboutOf(policy)],
                [t('policies.priority'), number(policy.priority ?? 0)],
                [t('fields.created_at'), <Time key="created" at={policy.created_at} isFull />],
                [t('fields.updated_at'), <Time key="updated" at={policy.updated_at} isFull />],
                [
                  t('fields.id'),
                  <code key="id" className="font-mono text-xs">
                    {policy.id}
                  </code>,
                ],
              ]}
            />
          </Card>
        </>
      )}
    >
      {(policy, answer) => (
        <>
          <Card title={t('policies.one')}>
            {can('policies:update') ? <PolicyForm policy={policy} answer={answer} /> : <PolicyText policy={policy} />}
          </Card>
          <Suspense fallback={<Skeleton />}>
            <PolicyVersions policy={policy} etag={answer.etag} />
          </Suspense>
          <History type="policy" id={policy.id} />
        </>
      )}
    </DetailPage>
  );
}

function PolicyForm({ policy, answer }: { policy: Policy; answer: Answer<Policy> }) {
  const { t } = useTranslation();
  const path = { policy_id: policy.id };
  return (
    <ApiForm
      key={policy.id}
      defaultValues={toValues(policy)}
      labels={usePolicyLabels()}
      call={(values, ifMatch) => {
        const { is_enabled: _, ...body } = toBody(values);
        return call('put', '/policies/{policy_id}', { path, body, ifMatch });
      }}
      versioned={{ etag: answer.etag, read: call('get', '/policies/{policy_id}', { path }), toValues }}
      fieldFor={policyField}
      submitLabel={t('common.save')}
      done={t('common.saved')}
      refresh={['/policies', '/audit/logs']}
    >
      <PolicyFields />
      <ShadowButton policy={policy} />
    </ApiForm>
  );
}

/** For those who may only read. */
function PolicyText({ policy }: { policy: Policy }) {
  const { t } = useTranslation();
  const { target, rules, cedar } = policy;
  return (
    <Scroll label={t('policies.one')} className="overflow-x-auto rounded-md bg-sunken p-3">
      <pre className="font-mono text-xs leading-5">{cedar ?? toText({ target, rules })}</pre>
    </Scroll>
  );
}

function StateButton({ policy }: { policy: Policy }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const confirm = useConfirm();
  if (!can('policies:update')) {
    return null;
  }
  const next = policy.is_enabled === false ? 'enable' : 'disable';
  const verb = t(`policies.${next}`);
  return (
    <Button
      onClick={() =>
        confirm({
          title: t(`policies.${next}Title`, { name: policy.name }),
          body: t(`policies.${next}Body`),
          verb,
          call: call('put', '/policies/{policy_id}', {
            path: { policy_id: policy.id },
            body: { is_enabled: next === 'enable' },
          }),
          done: t('common.saved'),
          refresh: ['/policies', '/audit/logs'],
        })
      }
    >
      {verb}
    </Button>
  );
}

function DeleteButton({ policy }: { policy: Policy }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const confirm = useConfirm();
  const go = useGo();
  if (!can('policies:delete')) {
    return null;
  }
  return (
    <Button
      onClick={() =>
        confirm({
          title: t('policies.deleteTitle', { name: policy.name }),
          body: t('policies.deleteBody'),
          verb: t('policies.delete'),
          call: call('delete', '/policies/{policy_id}', { path: { policy_id: policy.id } }),
          done: t('policies.deleted'),
          refresh: ['/policies'],
          isDanger: true,
          word: policy.name,
          onDone: () => go('/policies', { isForced: true }),
        })
      }
    >
      {t('policies.delete')}
    </Button>
  );
}
