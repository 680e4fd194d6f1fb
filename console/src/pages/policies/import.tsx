/** Policies as code: paste or choose a file, see what it would change, then do it. All of it or nothing. */
import { useQueryClient } from '@tanstack/react-query';
import { ApiError, call, type Schemas } from '@tenantry/sdk';
import { useState } from 'react';
import { invalidate, useAttempt } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { CodeArea, type LineProblem } from '../../code/code-area';
import { readJson } from '../../code/json-places';
import { LeaveGuard } from '../../forms/leave-guard';
import { useSaveKey } from '../../forms/save-key';
import { Section, SettingsPage } from '../../templates/settings-page';
import { Button } from '../../ui/button';
import { CurlButton } from '../../ui/curl';
import { useGo } from '../../ui/link';
import { toastSuccess } from '../../ui/toasts';
import { Refusal } from '../../ui/trouble';
import { FileButton } from '../shared/files';
import { atLines } from './document';

type Imported = Schemas['Imported'];

/** The call, for a dry run or for good. */
function importCall(value: unknown, prune: boolean, dry_run: boolean) {
  const list = Array.isArray(value) ? value : (value as { policies?: unknown } | null)?.policies;
  return call('post', '/policies/import', {
    body: { policies: (Array.isArray(list) ? list : []) as Schemas['NewPolicy'][], prune, dry_run },
  });
}

/** The page. */
export function PolicyImport() {
  const { t } = useTranslation();
  return (
    <SettingsPage
      title={t('policies.import')}
      description={t('policies.importHelp')}
      back={{ to: '/policies', label: t('places.policies') }}
    >
      <Section title={t('policies.file')} help={t('policies.fileHelp')}>
        <ImportForm />
      </Section>
    </SettingsPage>
  );
}

function ImportForm() {
  const { t } = useTranslation();
  const { slug } = useTenant();
  const cache = useQueryClient();
  const go = useGo();
  const [text, setText] = useState('');
  const [prune, setPrune] = useState(false);
  const [checked, setChecked] = useState('');
  const attempt = useAttempt<Imported>();
  const reading = readJson(text);
  const state = JSON.stringify([text, prune]);
  const isChecked = checked === state && attempt.answer !== undefined;

  const change = (next: string) => {
    setText(next);
    attempt.clear();
  };
  const check = async () => {
    setChecked(state);
    await attempt.run(importCall(reading.value, prune, true));
  };
  const run = async () => {
    const answer = await attempt.run(importCall(reading.value, prune, false));
    if (answer) {
      toastSuccess(t('policies.imported'));
      void invalidate(cache, slug, ['/policies', '/audit/logs']);
      go('/policies', { isForced: true });
    }
  };
  const mayCheck = text.trim() !== '' && !reading.problem && !attempt.isBusy;
  const element = useSaveKey<HTMLDivElement>({ isDirty: mayCheck, save: () => void (mayCheck && check()) });
  const below = Array.isArray(reading.value) ? '#/policies' : '#';
  const problems: LineProblem[] =
    reading.problem && text.trim() !== ''
      ? [{ line: reading.problem.line, detail: t('code.syntax', { found: reading.problem.found || t('code.end') }) }]
      : attempt.error instanceof ApiError
        ? atLines(attempt.error.errors, reading, below)
        : [];

  return (
    <div ref={element} className="space-y-5">
      <FileButton label={t('policies.chooseFile')} onFile={(file) => void file.text().then(change)} />
      <CodeArea id="bundle" label={t('policies.bundle')} value={text} onChange={change} problems={problems} rows={14} />
      <div className="flex items-start gap-2">
        <input
          id="prune"
          type="checkbox"
          className="mt-0.5 size-4 shrink-0 accent-accent"
          aria-describedby="prune-hint"
          checked={prune}
          onChange={(event) => setPrune(event.target.checked)}
        />
        <div>
          <label htmlFor="prune" className="font-medium">
            {t('policies.prune')}
          </label>
          <p id="prune-hint" className="text-[0.8125rem] text-ink-soft">
            {t('policies.pruneHint')}
          </p>
        </div>
      </div>
      {attempt.error !== undefined && problems.length === 0 && <Refusal error={attempt.error} />}
      {isChecked && attempt.answer && <Plan plan={attempt.answer.data} />}
      <div className="flex flex-wrap items-center gap-2 border-t border-line pt-4">
        <Button kind={isChecked ? 'secondary' : 'primary'} disabled={!mayCheck} onClick={() => void check()}>
          {t('policies.check')}
        </Button>
        <Button kind={isChecked ? 'primary' : 'secondary'} disabled={!isChecked} onClick={() => void run()}>
          {t('policies.import')}
        </Button>
        <CurlButton target={() => importCall(reading.value, prune, false)} />
      </div>
      <LeaveGuard isDirty={text.trim() !== '' && !attempt.isBusy} />
    </div>
  );
}

/** What an import would change. */
function Plan({ plan }: { plan: Imported }) {
  const { t } = useTranslation();
  const parts = (['created', 'updated', 'deleted', 'unchanged'] as const).filter((part) => plan[part].length > 0);
  return (
    <div role="status" className="space-y-2 rounded-md border border-line bg-sunken p-3">
      <p className="font-medium">
        {t(parts.some((part) => part !== 'unchanged') ? 'policies.plan' : 'policies.noPlan')}
      </p>
      <dl className="grid gap-x-4 gap-y-1 sm:grid-cols-[auto_1fr]">
        {parts.map((part) => (
          <div key={part} className="contents">
            <dt className="text-ink-soft">{t(`policies.plans.${part}`, { count: plan[part].length })}</dt>
            <dd className="break-words">{plan[part].join(', ')}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
