/** The state of a form: values, what is wrong with them, whether they differ from what is saved. */
import type { FieldProblem } from '@tenantry/sdk';
import { createContext, useContext, useEffect, useRef, useState } from 'react';

/** What is typed, by field. */
export type Values = Record<string, unknown>;

/** What a value must fulfil before it is sent; the server has the last word. */
export interface Rules {
  /** The message for an empty field; absent when it may be empty. */
  required?: string;
  /** A message, when the value is wrong. */
  validate?: (value: unknown, values: Values) => string | undefined;
}

/** What fields know of their form. */
export interface FormScope {
  values: Values;
  errors: Readonly<Record<string, string>>;
  /** What the server found wrong at the last attempt, with its places. */
  problems: readonly FieldProblem[];
  set: (name: string, value: unknown) => void;
  /** Fields announce their rules; the answer takes them back. */
  announce: (name: string, rules: Rules) => () => void;
}

/** Provided by `ApiForm`. */
export const FormContext = createContext<FormScope | undefined>(undefined);

/** The form around. */
export function useForm(): FormScope {
  const form = useContext(FormContext);
  if (!form) {
    throw new Error('A field belongs inside a form');
  }
  return form;
}

/** A field's value, error and setter. */
export function useField(name: string, rules: Rules = {}) {
  const form = useForm();
  const { announce } = form;
  const { required, validate } = rules;
  useEffect(() => announce(name, { required, validate }), [announce, name, required, validate]);
  return { value: form.values[name], error: form.errors[name], set: (value: unknown) => form.set(name, value) };
}

/** Move the focus to a field. */
function focus(name: string | undefined): void {
  if (name !== undefined) {
    document.getElementById(name)?.focus();
  }
}

/** The state of a form that begins with some values. */
export function useFormState<V extends Values>(initial: V) {
  const [saved, setSaved] = useState<V>(initial);
  const [values, setValues] = useState<V>(initial);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [problems, setProblems] = useState<readonly FieldProblem[]>([]);
  const [isBusy, setBusy] = useState(false);
  const rules = useRef(new Map<string, Rules>());

  const [announce] = useState(() => (name: string, rule: Rules) => {
    rules.current.set(name, rule);
    return () => {
      rules.current.delete(name);
    };
  });

  const check = (): Record<string, string> => {
    const found: Record<string, string> = {};
    for (const [name, { required, validate }] of rules.current) {
      const value = values[name];
      const isEmpty = value === undefined || value === null || String(value).trim() === '';
      const message = isEmpty && required ? required : validate?.(value, values);
      if (message) {
        found[name] = message;
      }
    }
    return found;
  };

  /** Show what is wrong and lead to the first of it. */
  const refuse = (found: Record<string, string>, problems: readonly FieldProblem[] = []) => {
    setErrors(found);
    setProblems(problems);
    focus(Object.keys(saved).find((name) => found[name]));
  };

  /** Check, then do. */
  const submit = async (action: (values: V) => Promise<void>) => {
    const found = check();
    if (Object.keys(found).length > 0) {
      refuse(found);
      return;
    }
    setErrors({});
    setProblems([]);
    setBusy(true);
    try {
      await action(values);
    } finally {
      setBusy(false);
    }
  };

  /** Begin anew with these values, or with the saved ones. */
  const reset = (next: V = saved) => {
    setSaved(next);
    setValues(next);
    setErrors({});
    setProblems([]);
  };

  const set = (name: string, value: unknown) => {
    setValues((before) => ({ ...before, [name]: value }));
    setErrors(({ [name]: _, ...others }) => others);
  };

  const isDirty = JSON.stringify(values) !== JSON.stringify(saved);
  return { values, errors, problems, isDirty, isBusy, announce, set, submit, refuse, reset };
}
