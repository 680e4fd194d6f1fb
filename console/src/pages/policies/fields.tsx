/** The fields of a policy. What is typed is checked by the server a moment later, and what is wrong is shown at its line. */
import { useQuery } from '@tanstack/react-query';
import { ApiError, type Call, call, type Schemas } from '@tenantry/sdk';
import { useEffect, useState } from 'react';
import { queryKey } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { CodeArea } from '../../code/code-area';
import { readJson } from '../../code/json-places';
import { CheckField, type Labels, SelectField, TextArea, TextField } from '../../forms/fields';
import { useField, useForm } from '../../forms/form-state';
import { Badge } from '../../ui/badge';
import { Scroll } from '../../ui/scroll';
import { atLines, cedarProblems, localProblems, type PolicyValues, toBody, unconditionalEffect } from './document';

/** The labels of a policy's fields. */
export function usePolicyLabels(): Labels {
  const { t } = useTranslation();
  return {
    name: t('fields.name'),
    description: t('fields.description'),
    priority: t('policies.priority'),
    kind: t('policies.kind'),
    json: t('policies.json'),
    cedar: 'Cedar',
    is_enabled: t('policies.enabled'),
  };
}

/** All fields. `hasState` is for new policies; later there is a button for it. */
export function PolicyFields({ hasState }: { hasState?: boolean }) {
  const { t } = useTranslation();
  const values = useForm().values as PolicyValues;
  const isCedar = values.kind === 'cedar';
  return (
    <>
      <TextField name="name" isRequired />
      <TextArea name="description" />
      <div className="grid gap-5 sm:grid-cols-2">
        <SelectField
          name="kind"
          isRequired
          options={[
            ['json', t('policies.kinds.json')],
            ['cedar', t('policies.kinds.cedar')],
          ]}
        />
        <TextField
          name="priority"
          isRequired
          hint={t('policies.priorityHint')}
          validate={(value) => (/^-?\d{1,4}$/.test(String(value)) ? undefined : t('policies.priorityWrong'))}
        />
      </div>
      {isCedar ? <CedarField /> : <JsonField />}
      {hasState && <CheckField name="is_enabled" hint={t('policies.enabledHint')} />}
    </>
  );
}

/** What the server says of a draft, a moment after the last key. */
function useValidation(values: PolicyValues, isReady: boolean) {
  const { slug, client } = useTenant();
  const { json, cedar, kind } = values;
  const body = { ...toBody({ ...values, name: 'draft', description: '', priority: '0' }), is_enabled: true };
  const text = JSON.stringify(body);
  const [settled, setSettled] = useState('');
  // biome-ignore lint/correctness/useExhaustiveDependencies: the body is made of these
  useEffect(() => {
    const timer = setTimeout(() => setSettled(isReady ? text : ''), 400);
    return () => clearTimeout(timer);
  }, [json, cedar, kind, isReady]);
  const target = call('post', '/policies/validate', {
    body: (settled ? JSON.parse(settled) : body) as Schemas['NewPolicy'],
  });
  const read = useQuery({
    queryKey: queryKey(slug, target as Call),
    queryFn: ({ signal }) => client.send(target, signal),
    enabled: settled !== '',
    staleTime: 60_000,
  });
  const isCurrent = settled === text;
  return {
    checked: isCurrent ? read.data?.data : undefined,
    problems: isCurrent && read.error instanceof ApiError ? read.error.errors : [],
  };
}

function JsonField() {
  const { t } = useTranslation();
  const form = useForm();
  const values = form.values as PolicyValues;
  const reading = readJson(values.json);
  const local = localProblems(reading, {
    syntax: (found) => t('code.syntax', { found: found || t('code.end') }),
    other: (name) => t('policies.otherMember', { name }),
    shape: t('policies.shape'),
  });
  const { set } = useField('json', { validate: () => local[0]?.detail });
  const { checked, problems } = useValidation(values, local.length === 0);
  const remote = atLines(
    problems.length > 0 ? problems : codeProblems(form.problems, ['#/target', '#/rules']),
    reading,
  );
  return (
    <>
      <CodeArea
        id="json"
        label={t('policies.json')}
        value={values.json}
        onChange={set}
        problems={local.length > 0 ? local : remote}
        hint={t('policies.jsonHint')}
      />
      <Checked checked={checked} hasCedar />
      {checked && <Unconditional document={reading.value} />}
    </>
  );
}

function CedarField() {
  const { t } = useTranslation();
  const form = useForm();
  const values = form.values as PolicyValues;
  const { set } = useField('cedar', { required: t('form.required') });
  const { checked, problems } = useValidation(values, values.cedar.trim() !== '');
  const found = problems.length > 0 ? problems : codeProblems(form.problems, ['#/cedar']);
  const remote = found.flatMap(({ detail }) => cedarProblems(detail, values.cedar));
  const missing = form.errors.cedar && values.cedar.trim() === '' ? [{ detail: form.errors.cedar }] : [];
  return (
    <>
      <CodeArea
        id="cedar"
        label="Cedar"
        value={values.cedar}
        onChange={set}
        problems={[...missing, ...remote]}
        hint={t('policies.cedarHint')}
      />
      <Checked checked={checked} />
    </>
  );
}

function codeProblems(problems: ReturnType<typeof useForm>['problems'], places: readonly string[]) {
  return problems.filter(({ pointer }) => places.some((place) => pointer.startsWith(place)));
}

/** A rule without conditions is easily wider than it was meant. */
function Unconditional({ document }: { document: unknown }) {
  const { t } = useTranslation();
  const effect = unconditionalEffect(document);
  return effect && <p className="rounded-md bg-warn-soft px-3 py-2">{t(`policies.unconditional.${effect}`)}</p>;
}

/** What the server understood. */
function Checked({ checked, hasCedar }: { checked: Schemas['Checked'] | undefined; hasCedar?: boolean }) {
  const { t } = useTranslation();
  return (
    <div role="status" className="min-h-6 space-y-2">
      {checked && (
        <>
          <div className="flex flex-wrap items-center gap-1.5">
            <Badge tone="good">{t('policies.valid')}</Badge>
            {checked.permissions.slice(0, 12).map((name) => (
              <code key={name} className="rounded bg-sunken px-1.5 py-0.5 font-mono text-xs">
                {name}
              </code>
            ))}
            {checked.permissions.length > 12 && <span>+{checked.permissions.length - 12}</span>}
          </div>
          {hasCedar && (
            <details>
              <summary className="w-fit text-[0.8125rem] text-ink-soft hover:text-ink">{t('policies.asCedar')}</summary>
              <Scroll label={t('policies.asCedar')} className="mt-2 overflow-x-auto rounded-md bg-sunken p-3">
                <pre className="font-mono text-xs leading-5">{checked.cedar}</pre>
              </Scroll>
            </details>
          )}
        </>
      )}
    </div>
  );
}
