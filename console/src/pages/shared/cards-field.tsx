/** One of a few, each with what it means: a field of cards to choose from. */
import { useContext } from 'react';
import { LabelContext } from '../../forms/fields';
import { useField } from '../../forms/form-state';
import { classes } from '../../ui/classes';

interface CardsFieldProps<Option extends string> {
  name: string;
  /** Value, label, and what it means. */
  options: readonly (readonly [value: Option, label: string, help: string])[];
  /** What follows from a choice; the field itself is set already. */
  onChoose?: (value: Option) => void;
}

/** The field. */
export function CardsField<Option extends string>({ name, options, onChoose }: CardsFieldProps<Option>) {
  const label = useContext(LabelContext)[name] ?? name;
  const { value, error, set } = useField(name);
  return (
    <fieldset className="space-y-1.5" aria-describedby={error ? `${name}-error` : undefined}>
      <legend className="mb-1.5 font-medium">{label}</legend>
      <div className={classes('grid gap-2', options.length % 3 === 0 ? 'sm:grid-cols-3' : 'sm:grid-cols-2')}>
        {options.map(([key, text, help], index) => (
          <label
            key={key}
            className="flex cursor-pointer items-start gap-2 rounded-md border border-line-strong bg-surface px-3 py-2 has-checked:border-accent has-checked:bg-sunken"
          >
            <input
              id={index === 0 ? name : undefined}
              type="radio"
              name={name}
              className="mt-0.5 accent-accent"
              checked={value === key}
              onChange={() => {
                set(key);
                onChoose?.(key);
              }}
            />
            <span className="min-w-0">
              <span className="block font-medium">{text}</span>
              <span className="block text-[0.8125rem] text-ink-soft">{help}</span>
            </span>
          </label>
        ))}
      </div>
      {error && (
        <p id={`${name}-error`} className="text-[0.8125rem] text-danger">
          {error}
        </p>
      )}
    </fieldset>
  );
}
