/** Invitations of many people, from a table that is pasted or chosen. Each row is told what became of it. */
import { call, type Schemas } from '@tenantry/sdk';
import { useState } from 'react';
import { useTranslation } from '../../app/translation';
import { CodeArea } from '../../code/code-area';
import { ApiForm } from '../../forms/api-form';
import { useField } from '../../forms/form-state';
import { Section, SettingsPage } from '../../templates/settings-page';
import { Badge } from '../../ui/badge';
import { Button } from '../../ui/button';
import { Scroll } from '../../ui/scroll';
import { FileButton } from '../shared/files';
import { TermFields, useTermLabels } from './fields';
import {
  leftOver,
  MOST_ROWS,
  type Outcome,
  outcomesOf,
  problemsAt,
  rowsOf,
  TERMS,
  tableProblem,
  termsOf,
} from './model';

type Answer = Schemas['BulkInvited'];

const EMPTY = { csv: 'email,first_name,last_name\n', ...TERMS };

/** The page. */
export function InvitationImport() {
  const { t } = useTranslation();
  const [answer, setAnswer] = useState<Answer>();
  return (
    <SettingsPage
      title={t('invitations.many')}
      description={t('invitations.manyHelp')}
      back={{ to: '/invitations', label: t('places.invitations') }}
    >
      <Section title={t('invitations.table')} help={t('invitations.tableHelp', { most: MOST_ROWS })}>
        <ApiForm
          defaultValues={EMPTY}
          labels={{ csv: t('invitations.csv'), ...useTermLabels() }}
          call={(values) => call('post', '/users/invite/bulk', { body: { csv: values.csv, ...termsOf(values) } })}
          submitLabel={t('invitations.createMany')}
          done={t('invitations.manyDone')}
          refresh={['/invites', '/audit/logs']}
          onDone={({ data }) => setAnswer(data)}
        >
          <TableField answer={answer} />
          <TermFields />
        </ApiForm>
      </Section>
    </SettingsPage>
  );
}

/** The table, and below it what became of its rows when it was last sent. */
function TableField({ answer }: { answer: Answer | undefined }) {
  const { t } = useTranslation();
  const { value, error, set } = useField('csv', {
    validate: (text) => {
      const problem = tableProblem(String(text));
      return problem && t(`invitations.wrong.${problem.key}`, { name: problem.name ?? '', most: MOST_ROWS });
    },
  });
  const [sent, setSent] = useState<{ csv: string; answer: Answer; isMended?: boolean }>();
  const csv = String(value ?? '');
  if (answer && sent?.answer !== answer) {
    setSent({ csv, answer });
  }
  const say = ({ email, code }: Outcome) =>
    [email, t(`invitations.reasons.${code as 'email_taken'}`, code ?? '')].filter(Boolean).join(' · ');
  const outcomes = sent ? outcomesOf(sent.csv, sent.answer) : [];
  const found = sent?.csv === csv ? problemsAt(csv, outcomes, say) : [];
  const people = Math.max(0, rowsOf(csv).length - 1);
  return (
    <>
      <FileButton
        label={t('policies.chooseFile')}
        accept="text/csv,.csv,text/plain,.txt"
        onFile={(file) => void file.text().then(set)}
      />
      <CodeArea
        id="csv"
        label={t('invitations.csv')}
        value={csv}
        onChange={set}
        problems={error ? [{ detail: error }] : found}
        hint={t('invitations.csvHint', { count: people })}
        rows={8}
      />
      {sent && !sent.isMended && (
        <Outcomes
          outcomes={outcomes}
          answer={sent.answer}
          onKeep={() => {
            set(leftOver(sent.csv, sent.answer));
            setSent({ ...sent, isMended: true });
          }}
        />
      )}
    </>
  );
}

interface OutcomesProps {
  outcomes: readonly Outcome[];
  answer: Answer;
  /** Go on with those that failed. */
  onKeep: () => void;
}

function Outcomes({ outcomes, answer: { invited, failed }, onKeep }: OutcomesProps) {
  const { t } = useTranslation();
  return (
    <div className="rounded-lg border border-line bg-surface">
      <div className="flex flex-wrap items-center gap-2 border-b border-line px-4 py-2">
        <p role="status" className="mr-auto font-semibold">
          {t('invitations.invitedCount', { count: invited.length })} ·{' '}
          {t('invitations.failedCount', { count: failed.length })}
        </p>
        {failed.length > 0 && (
          <Button size="small" onClick={onKeep}>
            {t('invitations.keepFailed')}
          </Button>
        )}
      </div>
      <Scroll label={t('invitations.results')} className="max-h-96 overflow-auto">
        <table className="w-full text-left">
          <caption className="sr-only">{t('invitations.results')}</caption>
          <thead>
            <tr className="border-b border-line text-xs text-ink-soft">
              <th scope="col" className="px-4 py-2 font-medium">
                {t('invitations.row')}
              </th>
              <th scope="col" className="px-4 py-2 font-medium">
                {t('fields.email')}
              </th>
              <th scope="col" className="px-4 py-2 font-medium">
                {t('fields.outcome')}
              </th>
            </tr>
          </thead>
          <tbody>
            {outcomes.map(({ row, email, code, detail }) => (
              <tr key={row} className="border-b border-line align-top last:border-b-0">
                <td className="px-4 py-2 tabular-nums">{row}</td>
                <td className="px-4 py-2 break-all">{email || '—'}</td>
                <td className="px-4 py-2">
                  <Badge tone={code ? 'danger' : 'good'}>
                    {code ? t(`invitations.reasons.${code as 'email_taken'}`, code) : t('invitations.states.pending')}
                  </Badge>
                  {detail && <span className="block text-[0.8125rem] text-ink-soft">{detail}</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </Scroll>
    </div>
  );
}
