/** Tests of policies: a file that says who asks what and what is to be answered, run against its own policies or the tenant's. */
import { ApiError, type Call, call, type Schemas } from '@tenantry/sdk';
import { CircleCheck, CircleX } from 'lucide-react';
import { useState } from 'react';
import { useAttempt } from '../../app/api';
import { useTranslation } from '../../app/translation';
import { CodeArea, type LineProblem } from '../../code/code-area';
import { readJson } from '../../code/json-places';
import { useSaveKey } from '../../forms/save-key';
import { Section, SettingsPage } from '../../templates/settings-page';
import { Button } from '../../ui/button';
import { CurlButton } from '../../ui/curl';
import { Refusal } from '../../ui/trouble';
import { download, FileButton } from '../shared/files';
import { atLines, toText } from './document';

type Report = Schemas['Report'];

/** The boundary of document B's policy, to the second. */
const EXAMPLE = toText({
  policies: [
    {
      name: 'Premium',
      target: { resource: 'booking', action: 'cancel' },
      rules: {
        effect: 'allow',
        conditions: [{ 'user.role': 'PremiumCustomer', 'booking.scheduled_time': '> now() + 24h' }],
      },
    },
  ],
  tests: (
    [
      ['a day and a second before', '2026-03-02T12:00:01Z', 'allow'],
      ['exactly a day before', '2026-03-02T12:00:00Z', 'deny'],
    ] as const
  ).map(([name, scheduled_time, expect]) => ({
    name,
    user: { roles: ['PremiumCustomer'] },
    action: 'booking.cancel',
    resource: { id: '1', properties: { scheduled_time } },
    context: { time: '2026-03-01T12:00:00Z' },
    expect,
  })),
});

const testCall = (value: unknown): Call<Report> =>
  call('post', '/policies/test', { body: (value ?? {}) as Schemas['Suite'] });

/** The page. */
export function PolicyTests() {
  const { t } = useTranslation();
  const [text, setText] = useState(EXAMPLE);
  const attempt = useAttempt<Report>();
  const reading = readJson(text);
  const run = () => attempt.run(testCall(reading.value));
  const element = useSaveKey<HTMLDivElement>({
    isDirty: false,
    save: () => download(text, 'policies.test.json', 'application/json'),
  });
  const problems: LineProblem[] = reading.problem
    ? [{ line: reading.problem.line, detail: t('code.syntax', { found: reading.problem.found || t('code.end') }) }]
    : attempt.error instanceof ApiError
      ? atLines(attempt.error.errors, reading)
      : [];
  const change = (next: string) => {
    setText(next);
    attempt.clear();
  };
  return (
    <SettingsPage
      title={t('policies.tests')}
      description={t('policies.testsHelp')}
      back={{ to: '/policies', label: t('places.policies') }}
    >
      <Section title={t('policies.suite')} help={t('policies.suiteHelp')}>
        <div ref={element} className="space-y-4">
          <div className="flex flex-wrap gap-2">
            <FileButton label={t('policies.chooseFile')} onFile={(file) => void file.text().then(change)} />
            <Button onClick={() => download(text, 'policies.test.json', 'application/json')}>
              {t('policies.saveFile')}
            </Button>
          </div>
          <CodeArea
            id="suite"
            label={t('policies.suite')}
            value={text}
            onChange={change}
            problems={problems}
            rows={14}
          />
          {attempt.error !== undefined && problems.length === 0 && <Refusal error={attempt.error} />}
          <div className="flex flex-wrap items-center gap-2">
            <Button
              kind="primary"
              isBusy={attempt.isBusy}
              disabled={reading.problem !== undefined}
              onClick={() => void run()}
            >
              {t('policies.runTests')}
            </Button>
            <CurlButton target={() => testCall(reading.value)} />
          </div>
          {attempt.answer && <ReportView report={attempt.answer.data} />}
        </div>
      </Section>
    </SettingsPage>
  );
}

function ReportView({ report }: { report: Report }) {
  const { t } = useTranslation();
  return (
    <div className="rounded-lg border border-line bg-surface">
      <p role="status" className="border-b border-line px-4 py-2 font-semibold">
        {t('policies.passed', { count: report.passed })} · {t('policies.failed', { count: report.failed })}
      </p>
      <ul className="divide-y divide-line">
        {report.results.map(({ name, passed, answer }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: tests are known by their place; names may repeat
          <li key={index} className="flex items-start gap-2 px-4 py-2">
            {passed ? (
              <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-good" />
            ) : (
              <CircleX aria-hidden className="mt-0.5 size-4 shrink-0 text-danger" />
            )}
            <div className="min-w-0">
              <p className="font-medium">
                {name} <span className="sr-only">{t(passed ? 'policies.testPassed' : 'policies.testFailed')}</span>
              </p>
              <p className="text-[0.8125rem] break-words text-ink-soft">
                {t(answer.allowed ? 'simulator.allowed' : 'simulator.denied')}: {answer.reason}
                {answer.missing.length > 0 && ` · ${t('simulator.missing')}: ${answer.missing.join(', ')}`}
              </p>
            </div>
          </li>
        ))}
      </ul>
    </div>
  );
}
