/** A colour: typed as `#rrggbb`, or picked. Empty is the product's own. */
import { useContext } from 'react';
import { isColor } from '../../app/theme';
import { useTranslation } from '../../app/translation';
import { LabelContext } from '../../forms/fields';
import { useField } from '../../forms/form-state';
import { colorProblem } from './model';

interface ColorFieldProps {
  name: string;
  hint: string;
  /** What it is when nothing is chosen. */
  own: string;
}

/** The field. */
export function ColorField({ name, hint, own }: ColorFieldProps) {
  const { t } = useTranslation();
  const label = useContext(LabelContext)[name] ?? name;
  const { value, error, set } = useField(name, { validate: (text) => colorProblem(String(text ?? ''), t) });
  const text = String(value ?? '');
  const shown = isColor(text.trim()) ? text.trim() : own;
  return (
    <div className="space-y-1.5">
      <label htmlFor={name} className="block font-medium">
        {label}
        <span className="ml-1.5 font-normal text-ink-soft">{t('form.optional')}</span>
      </label>
      <div className="flex gap-1.5">
        <input
          type="color"
          aria-label={t('branding.pick', { label })}
          className="size-9 shrink-0 cursor-pointer rounded-md border border-line-strong bg-surface p-1"
          value={shown}
          onChange={(event) => set(event.target.value)}
        />
        <input
          id={name}
          className="control font-mono text-xs"
          aria-invalid={error !== undefined}
          aria-describedby={error ? `${name}-error ${name}-hint` : `${name}-hint`}
          autoComplete="off"
          spellCheck={false}
          maxLength={7}
          placeholder={own}
          value={text}
          onChange={(event) => set(event.target.value)}
        />
      </div>
      <p id={`${name}-hint`} className="text-[0.8125rem] text-ink-soft">
        {hint}
      </p>
      {error && (
        <p id={`${name}-error`} className="text-[0.8125rem] text-danger">
          {error}
        </p>
      )}
    </div>
  );
}
