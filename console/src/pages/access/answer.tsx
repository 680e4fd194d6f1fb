/** The answer to a question: yes or no, why, which policies decided, and what would have had to be known. */
import type { ApiError, Call, Schemas } from '@tenantry/sdk';
import { CircleCheck, CircleX } from 'lucide-react';
import { useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { hasFields } from '../../forms/problems';
import { Card, Facts } from '../../ui/card';
import { classes } from '../../ui/classes';
import { CurlButton } from '../../ui/curl';
import { TenantLink } from '../../ui/link';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { Person } from '../shared/person';
import { DecidingPolicies } from './decision';
import { ATTRIBUTE } from './question';

type Answer = Schemas['Answer'];

interface AnswerCardProps {
  target: Call<Answer>;
  isAsked: boolean;
  /** The question is complete: the kinds of its attributes are known. */
  isReady: boolean;
  userId: string;
  action: string;
}

/** The card beside the question. */
export function AnswerCard({ target, isAsked, isReady, userId, action }: AnswerCardProps) {
  const { t } = useTranslation();
  const read = useRead(target, { enabled: isAsked && isReady });
  return (
    <Card title={t('simulator.answer')} actions={isAsked && <CurlButton isIcon target={() => target} />}>
      {!isAsked && <p className="text-ink-soft">{t('simulator.notAsked')}</p>}
      {isAsked && read.isPending && <Skeleton lines={4} />}
      {isAsked && read.isError && hasFields(read.error) && <Places error={read.error} />}
      {isAsked && read.isError && !hasFields(read.error) && (
        <Trouble error={read.error} onRetry={() => void read.refetch()} />
      )}
      {read.data && !read.isError && <AnswerView answer={read.data.data} userId={userId} action={action} />}
    </Card>
  );
}

/** What is wrong with the question, place by place. */
function Places({ error }: { error: ApiError }) {
  const { t } = useTranslation();
  return (
    <div role="alert" className="space-y-1 rounded-md bg-danger-soft p-3 text-danger">
      <p className="font-medium">{t('trouble.invalid.title')}</p>
      <ul className="list-inside list-disc">
        {error.errors.map(({ pointer, detail }) => (
          <li key={`${pointer} ${detail}`}>
            <code className="font-mono text-xs">{pointer.replace(/^#\//, '')}</code>: {detail}
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Nothing has decided: what could be looked at next. */
function NextSteps({ userId, action }: { userId: string; action: string }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const link = 'text-accent underline underline-offset-2';
  return (
    <div className="space-y-1.5 text-[0.8125rem]">
      <p>{t('simulator.nothingAllows')}</p>
      <ul className="flex flex-wrap gap-x-4 gap-y-1">
        {can('users:read') && (
          <li>
            <TenantLink to={`/members/${userId}`} className={link}>
              {t('simulator.seeRoles')}
            </TenantLink>
          </li>
        )}
        {can('policies:read') && (
          <li>
            <TenantLink to="/policies" className={link}>
              {t('simulator.seePolicies')}
            </TenantLink>
          </li>
        )}
        <li>
          <TenantLink to="/simulator" search={{ mode: 'who', action }} className={link}>
            {t('simulator.whoInstead')}
          </TenantLink>
        </li>
      </ul>
    </div>
  );
}

function AnswerView({ answer, userId, action }: { answer: Answer; userId: string; action: string }) {
  const { t } = useTranslation();
  const Icon = answer.allowed ? CircleCheck : CircleX;
  return (
    <div className="space-y-4">
      <div
        role="status"
        className={classes(
          'flex items-start gap-3 rounded-md p-3',
          answer.allowed ? 'bg-good-soft text-good' : 'bg-danger-soft text-danger',
        )}
      >
        <Icon aria-hidden className="mt-0.5 size-6 shrink-0" />
        <div>
          <p className="text-lg font-semibold">{t(answer.allowed ? 'simulator.allowed' : 'simulator.denied')}</p>
          <p>{answer.reason}</p>
        </div>
      </div>
      <Facts
        items={[
          [t('simulator.user'), <Person key="user" id={userId} />],
          [t('simulator.policies'), <DecidingPolicies key="policies" policies={answer.policies} />],
        ]}
      />
      {!answer.allowed && answer.policies.length === 0 && answer.missing.length === 0 && (
        <NextSteps userId={userId} action={action} />
      )}
      {answer.missing.length > 0 && (
        <div className="space-y-1 rounded-md bg-warn-soft p-3">
          <p className="font-medium text-warn">{t('simulator.missing')}</p>
          <p className="text-[0.8125rem]">{t('simulator.missingHelp')}</p>
          <ul className="flex flex-wrap gap-1.5 pt-1">
            {answer.missing.map((name) => (
              <li key={name}>
                <Missing name={name} />
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

/** Leads to the field, when the question has one for it. */
function Missing({ name }: { name: string }) {
  const short = name.split('.').at(-1) ?? name;
  const focus = () => document.getElementById(`${ATTRIBUTE}${short}`)?.focus();
  return (
    <button
      type="button"
      onClick={focus}
      className="rounded border border-line-strong bg-surface px-1.5 py-0.5 font-mono text-xs hover:bg-sunken"
    >
      {name}
    </button>
  );
}
