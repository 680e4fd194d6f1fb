/** Fields of a form: label, control, hint and error, tied together for assistive technology. */
import { createContext, type ReactNode, useContext } from 'react';
import { useTranslation } from '../app/translation';
import { type Rules, useField } from './form-state';

/** The labels of a form's fields by name; the conflict view uses the same ones. */
export type Labels = Readonly<Record<string, string>>;

/** Provided by `ApiForm`. */
export const LabelContext = createContext<Labels>({});

interface FieldProps {
  name: string;
  hint?: string;
  isRequired?: boolean;
  validate?: Rules['validate'];
}

interface ControlProps {
  id: string;
  'aria-invalid': boolean;
  'aria-describedby': string | undefined;
  'aria-required': boolean | undefined;
  className: string;
  value: string;
  onChange: (event: { target: { value: string } }) => void;
}

/** Label, hint and error around a control. */
function Field({
  name,
  hint,
  isRequired,
  validate,
  children,
}: FieldProps & { children: (props: ControlProps) => ReactNode }) {
  const { t } = useTranslation();
  const label = useContext(LabelContext)[name] ?? name;
  const { value, error, set } = useField(name, { required: isRequired ? t('form.required') : undefined, validate });
  const ids = { error: `${name}-error`, hint: `${name}-hint` };
  const describedBy = [error && ids.error, hint && ids.hint].filter(Boolean).join(' ') || undefined;
  return (
    <div className="space-y-1.5">
      <label htmlFor={name} className="block font-medium">
        {label}
        {!isRequired && <span className="ml-1.5 font-normal text-ink-soft">{t('form.optional')}</span>}
      </label>
      {children({
        id: name,
        'aria-invalid': error !== undefined,
        'aria-describedby': describedBy,
        'aria-required': isRequired,
        className: 'control',
        value: String(value ?? ''),
        onChange: (event) => set(event.target.value),
      })}
      {hint && (
        <p id={ids.hint} className="text-[0.8125rem] text-ink-soft">
          {hint}
        </p>
      )}
      {error && (
        <p id={ids.error} className="text-[0.8125rem] text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

interface TextFieldProps extends FieldProps {
  type?: 'text' | 'email' | 'password' | 'tel' | 'url' | 'number' | 'datetime-local';
  autoComplete?: string;
  placeholder?: string;
}

/** One line of text. */
export function TextField({ type = 'text', autoComplete = 'off', placeholder, ...field }: TextFieldProps) {
  return (
    <Field {...field}>
      {(props) => (
        <input {...props} name={field.name} type={type} autoComplete={autoComplete} placeholder={placeholder} />
      )}
    </Field>
  );
}

/** Several lines of text. */
export function TextArea(field: FieldProps) {
  return <Field {...field}>{(props) => <textarea {...props} name={field.name} rows={4} />}</Field>;
}

/** One of a few. */
export function SelectField({ options, ...field }: FieldProps & { options: readonly (readonly [string, string])[] }) {
  return (
    <Field {...field}>
      {(props) => (
        <select {...props} name={field.name}>
          {options.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

/** Yes or no. */
export function CheckField({ name, hint }: FieldProps) {
  const label = useContext(LabelContext)[name] ?? name;
  const { value, error, set } = useField(name);
  return (
    <div className="flex items-start gap-2">
      <input
        id={name}
        name={name}
        type="checkbox"
        className="mt-0.5 size-4 shrink-0 accent-accent"
        aria-invalid={error !== undefined}
        aria-describedby={[error && `${name}-error`, hint && `${name}-hint`].filter(Boolean).join(' ') || undefined}
        checked={value === true}
        onChange={(event) => set(event.target.checked)}
      />
      <div>
        <label htmlFor={name} className="font-medium">
          {label}
        </label>
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
      </div>
    </div>
  );
}
