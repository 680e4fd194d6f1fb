/**
 * The form of every page. One rule for saving: nothing is saved before the button (or Ctrl/⌘+S) says so, and leaving unsaved
 * changes asks first. Problems of the server appear at the fields that they name.
 */
import { useQueryClient } from '@tanstack/react-query';
import type { Answer, Call } from '@tenantry/sdk';
import { lazy, type ReactNode, Suspense, useEffect, useRef, useState } from 'react';
import { invalidate, isStatus, reportTrouble } from '../app/api';
import { useTenant } from '../app/tenant';
import { useTranslation } from '../app/translation';
import { Button } from '../ui/button';
import { CurlButton } from '../ui/curl';
import { toastSuccess } from '../ui/toasts';
import { Refusal } from '../ui/trouble';
import { LabelContext, type Labels } from './fields';
import { FormContext, useFormState, type Values } from './form-state';
import { LeaveGuard } from './leave-guard';
import { hasFields, sortProblems } from './problems';
import { useSaveKey } from './save-key';

const Conflict = lazy(() => import('./conflict'));

/** How a lost update is found and shown: the version that the form began with, and how to read the present one. */
export interface Versioned<V, Data> {
  etag: string | undefined;
  read: Call<Data>;
  toValues: (data: Data) => V;
}

interface ApiFormProps<V extends Values, Data, Read> {
  defaultValues: V;
  labels: Labels;
  /** The call that saves these values; `etag` is the version to change. */
  call: (values: V, etag: string | undefined) => Call<Data>;
  submitLabel: string;
  /** What to say when it is saved. */
  done: string;
  /** What is read again afterwards. */
  refresh: readonly string[];
  onDone?: (answer: Answer<Data>) => void;
  versioned?: Versioned<V, Read>;
  /** The form begins anew after saving, as for passwords. */
  isReset?: boolean;
  isDisabled?: boolean;
  /** The field that shows what a pointer leads to; by default the one that its first part names. */
  fieldFor?: (pointer: string) => string | undefined;
  children: ReactNode;
}

/** A form that sends a call. */
export function ApiForm<V extends Values, Data, Read = Data>(props: ApiFormProps<V, Data, Read>) {
  const { t } = useTranslation();
  const form = useFormState<V>(props.defaultValues);
  const saving = useSaving(form, props);
  const submit = () => form.submit((values) => saving.save(values));

  const isOpen = !props.isDisabled && !form.isBusy;
  const element = useSaveKey<HTMLFormElement>({ isDirty: form.isDirty, save: () => void (isOpen && submit()) });

  return (
    <FormContext value={form}>
      <LabelContext value={props.labels}>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            void submit();
          }}
          ref={element}
          className="space-y-5"
        >
          <fieldset disabled={props.isDisabled} className="min-w-0 space-y-5">
            {props.children}
          </fieldset>
          {saving.error !== undefined && <Refusal error={saving.error} />}
          {saving.rest.length > 0 && (
            <ul role="alert" className="list-inside list-disc rounded-md bg-danger-soft px-3 py-2 text-danger">
              {saving.rest.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
          )}
          {saving.theirs && (
            <Suspense>
              <Conflict
                mine={form.values}
                theirs={saving.theirs.values}
                labels={props.labels}
                isBusy={form.isBusy}
                onTakeTheirs={saving.takeTheirs}
                onOverwrite={() => void form.submit((values) => saving.save(values, saving.theirs?.etag))}
              />
            </Suspense>
          )}
          {!props.isDisabled && (
            <div className="flex flex-wrap items-center gap-2 border-t border-line pt-4">
              <Button type="submit" kind="primary" isBusy={form.isBusy}>
                {props.submitLabel}
              </Button>
              {form.isDirty && <Button onClick={() => form.reset()}>{t('form.discard')}</Button>}
              <CurlButton target={() => props.call(form.values, saving.etag)} />
            </div>
          )}
        </form>
        <LeaveGuard isDirty={form.isDirty && !form.isBusy} />
      </LabelContext>
    </FormContext>
  );
}

interface Theirs<V> {
  values: V;
  etag: string | undefined;
}

/** Sending, with one key per set of values, so that trying again after a cut network does it once. */
function useSaving<V extends Values, Data, Read>(
  form: ReturnType<typeof useFormState<V>>,
  props: ApiFormProps<V, Data, Read>,
) {
  const { client, slug } = useTenant();
  const cache = useQueryClient();
  const [error, setError] = useState<unknown>();
  const [rest, setRest] = useState<string[]>([]);
  const [theirs, setTheirs] = useState<Theirs<V>>();
  const [etag, setEtag] = useState(props.versioned?.etag);
  const attempt = useRef({ body: '', key: '' });

  // What is read anew is shown anew, unless something is being typed: then the lost update is found when it is saved.
  const fresh = props.versioned?.etag;
  const latest = useRef({ form, defaultValues: props.defaultValues });
  latest.current = { form, defaultValues: props.defaultValues };
  useEffect(() => {
    const { form, defaultValues } = latest.current;
    if (fresh !== undefined && !form.isDirty && !form.isBusy) {
      setEtag(fresh);
      form.reset(defaultValues);
    }
  }, [fresh]);

  const withKey = (target: Call<Data>): Call<Data> => {
    const body = JSON.stringify(target);
    if (attempt.current.body !== body) {
      attempt.current = { body, key: crypto.randomUUID() };
    }
    return { ...target, input: { ...target.input, idempotencyKey: attempt.current.key } };
  };

  const refuse = async (thrown: unknown) => {
    reportTrouble(thrown);
    const { versioned } = props;
    if (isStatus(thrown, 412) && versioned) {
      const now = await client.send(versioned.read);
      setTheirs({ values: versioned.toValues(now.data), etag: now.etag });
      return;
    }
    if (hasFields(thrown)) {
      const sorted = sortProblems(thrown, Object.keys(props.labels), props.fieldFor);
      setRest(sorted.rest);
      form.refuse(sorted.fields, thrown.errors);
      return;
    }
    setError(thrown);
  };

  const save = async (values: V, version = etag) => {
    setError(undefined);
    setRest([]);
    try {
      const answer = await client.send(withKey(props.call(values, version)));
      attempt.current = { body: '', key: '' };
      setTheirs(undefined);
      setEtag(answer.etag);
      form.reset(props.isReset ? props.defaultValues : values);
      toastSuccess(props.done);
      props.onDone?.(answer);
      void invalidate(cache, slug, props.refresh);
    } catch (thrown) {
      await refuse(thrown).catch(setError);
    }
  };

  const takeTheirs = () => {
    if (theirs) {
      form.reset(theirs.values);
      setEtag(theirs.etag);
      setTheirs(undefined);
    }
  };

  return { save, error, rest, theirs, etag, takeTheirs };
}
