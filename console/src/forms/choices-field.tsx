/** Several of a few: a field of boxes to tick. */
import { useContext } from 'react';
import { LabelContext } from './fields';
import { type Rules, useField } from './form-state';

interface ChoicesFieldProps {
  name: string;
  hint?: string;
  /** Value, label, and what it means. */
  options: readonly (readonly [value: string, label: string, help?: string])[];
  validate?: Rules['validate'];
}

/** The field; its value is a list of the chosen ones, in the order in which they are offered. */
export function ChoicesField({ name, hint, options, validate }: ChoicesFieldProps) {
  const label = useContext(LabelContext)[name] ?? name;
  const { value, error, set } = useField(name, { validate });
  const chosen = Array.isArray(value) ? (value as string[]) : [];
  const toggle = (option: string, isOn: boolean) => {
    const known = options.map(([each]) => each).filter((each) => (each === option ? isOn : chosen.includes(each)));
    set([...known, ...chosen.filter((each) => !options.some(([one]) => one === each))]);
  };
  const describedBy = [error && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(' ') || undefined;
  return (
    <fieldset className="space-y-1.5" aria-describedby={describedBy}>
      <legend className="mb-1.5 font-medium">{label}</legend>
      <ul className="grid gap-x-6 gap-y-2 sm:grid-cols-2">
        {options.map(([option, text, help], index) => (
          <li key={option} className="flex items-start gap-2">
            <input
              id={index === 0 ? name : `${name}-${index}`}
              type="checkbox"
              className="mt-0.5 size-4 shrink-0 accent-accent"
              aria-describedby={help && `${name}-${index}-help`}
              checked={chosen.includes(option)}
              onChange={(event) => toggle(option, event.target.checked)}
            />
            <span className="min-w-0">
              <label htmlFor={index === 0 ? name : `${name}-${index}`} className="break-words">
                {text}
              </label>
              {help && (
                <span id={`${name}-${index}-help`} className="block text-[0.8125rem] text-ink-soft">
                  {help}
                </span>
              )}
            </span>
          </li>
        ))}
      </ul>
      {hint && (
        <p id={`${name}-hint`} className="text-[0.8125rem] text-ink-soft">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${name}-error`} className="text-[0.8125rem] text-danger">
          {error}
        </p>
      )}
    </fieldset>
  );
}
