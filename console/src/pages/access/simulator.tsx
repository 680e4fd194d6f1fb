/** “May this user do this, then and there, and why?” The question is in the URL, so that it can be sent to a colleague. */
import { type Call, call } from '@tenantry/sdk';
import { useEffect, useRef } from 'react';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import type { Search } from '../../templates/list-model';
import { useListSearch } from '../../templates/list-search';
import { Page } from '../../templates/page';
import { classes } from '../../ui/classes';
import { TenantLink } from '../../ui/link';
import { Abilities, WhoCan } from './abilities';
import { AnswerCard } from './answer';
import { checkOf } from './question';
import { QuestionForm, useVocabulary } from './question-form';

const MODES = ['check', 'abilities', 'who'] as const;

/** The page. */
export function Simulator() {
  const { t } = useTranslation();
  const { search } = useListSearch();
  const mode = MODES.find((each) => each === search.mode) ?? 'check';
  return (
    <Page title={t('places.simulator')} description={t('simulator.help')}>
      <nav aria-label={t('simulator.modes')} className="mb-5 flex flex-wrap gap-1 border-b border-line">
        {MODES.map((each) => (
          <TenantLink
            key={each}
            to="/simulator"
            search={{
              mode: each,
              ...(search.user && { user: search.user }),
              ...(search.action && { action: search.action }),
            }}
            className={classes(
              '-mb-px border-b-2 px-3 py-2 font-medium',
              each === mode ? 'border-accent text-ink' : 'border-transparent text-ink-soft hover:text-ink',
            )}
          >
            {t(`simulator.mode.${each}`)}
          </TenantLink>
        ))}
      </nav>
      {mode === 'check' && <CheckMode />}
      {mode === 'abilities' && <Abilities />}
      {mode === 'who' && <WhoCan />}
    </Page>
  );
}

/** Each question is a new form: the focus goes to the answer, which on a small screen is above the question. */
function useAnswerInSight(search: Search) {
  const element = useRef<HTMLDivElement>(null);
  const question = JSON.stringify(search);
  const shown = useRef(question);
  useEffect(() => {
    if (question !== shown.current) {
      shown.current = question;
      element.current?.focus();
    }
  }, [question]);
  return element;
}

function CheckMode() {
  const { session } = useTenant();
  const { search } = useListSearch();
  const vocabulary = useVocabulary(search.action ?? '', search.type);
  const target = call('post', '/access/check', { body: checkOf(search, vocabulary.kinds) });
  const answer = useAnswerInSight(search);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-4 lg:grid-cols-[minmax(0,1fr)_24rem]">
      <QuestionForm key={JSON.stringify(search)} />
      <div
        ref={answer}
        tabIndex={-1}
        className={classes(
          'min-w-0 scroll-mt-16 outline-none lg:sticky lg:top-16',
          search.action !== undefined && 'max-lg:order-first',
        )}
      >
        <AnswerCard
          target={target as Call<never>}
          isAsked={Boolean(search.action)}
          isReady={!vocabulary.isPending}
          userId={search.user || session.user.id}
          action={search.action ?? ''}
        />
      </div>
    </div>
  );
}
