/** A field of several lines, each checked by itself: addresses, for instance. */
import { Plus, X } from 'lucide-react';
import { useContext, useState } from 'react';
import { useTranslation } from '../app/translation';
import { Button, IconButton } from '../ui/button';
import { LabelContext } from './fields';
import { useField, useForm, type Values } from './form-state';

/** The lines that say something. */
export function filled(lines: unknown): string[] {
  return (Array.isArray(lines) ? (lines as string[]) : []).map((line) => line.trim()).filter(Boolean);
}

/** When a button is being pressed, what is said above it waits: else the button would move away from under the press. */
function onceReleased(say: () => void): void {
  if (document.querySelector('button:active')) {
    window.addEventListener('pointerup', () => setTimeout(say), { once: true });
  } else {
    say();
  }
}

interface ListFieldProps {
  name: string;
  hint?: string;
  placeholder?: string;
  addLabel: string;
  isRequired?: boolean;
  /** What is wrong with a line, if anything. */
  check?: (line: string, values: Values) => string | undefined;
}

/** The field; its value is a list of texts. Empty lines are left out by `filled` when it is sent. */
export function ListField({ name, hint, placeholder, addLabel, isRequired, check }: ListFieldProps) {
  const { t } = useTranslation();
  const { values, problems } = useForm();
  const label = useContext(LabelContext)[name] ?? name;
  const [seen, setSeen] = useState<ReadonlySet<number>>(new Set());
  const wrong = (line: string) => (line.trim() ? check?.(line.trim(), values) : undefined);
  const { value, error, set } = useField(name, {
    required: isRequired ? t('form.required') : undefined,
    validate: (lines) => filled(lines).map(wrong).find(Boolean),
  });
  const held = Array.isArray(value) ? (value as string[]) : [];
  const lines = held.length > 0 ? held : [''];
  const replace = (at: number, line: string) => set(lines.map((old, index) => (index === at ? line : old)));

  /** The server counts the lines that were sent. */
  const sentAs = (at: number) => filled(lines.slice(0, at)).length;
  const errorOf = (line: string, at: number): string | undefined => {
    const told = error && line.trim() && problems.find(({ pointer }) => pointer === `#/${name}/${sentAs(at)}`)?.detail;
    return told || (error || seen.has(at) ? wrong(line) : undefined);
  };
  const errors = lines.map(errorOf);
  const general = errors.some(Boolean) ? undefined : error;
  const firstWrong = errors.findIndex(Boolean);
  const errorId = (at: number) => (at === firstWrong || general ? `${name}-error` : `${name}-${at}-error`);
  const describedBy = (at: number) =>
    [(errors[at] || (general && at === 0)) && errorId(at), hint && `${name}-hint`].filter(Boolean).join(' ') ||
    undefined;
  return (
    <fieldset className="space-y-1.5">
      <legend className="mb-1.5 font-medium">
        {label}
        {!isRequired && <span className="ml-1.5 font-normal text-ink-soft">{t('form.optional')}</span>}
      </legend>
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
        <div key={at} className="space-y-1">
          <div className="flex items-center gap-1">
            <input
              id={at === 0 ? name : `${name}-${at}`}
              className="control font-mono text-xs"
              aria-label={t('form.lineOf', { label, number: at + 1 })}
              aria-invalid={errors[at] !== undefined || (general !== undefined && at === 0)}
              aria-describedby={describedBy(at)}
              autoComplete="off"
              spellCheck={false}
              placeholder={placeholder}
              value={line}
              onChange={(event) => replace(at, event.target.value)}
              onBlur={() => onceReleased(() => setSeen((before) => new Set([...before, at])))}
            />
            {(lines.length > 1 || line !== '') && (
              <IconButton
                label={t('form.removeLine', { label, number: at + 1 })}
                icon={<X aria-hidden className="size-4" />}
                onClick={() => {
                  setSeen(new Set());
                  set(lines.filter((_, index) => index !== at));
                }}
              />
            )}
          </div>
          {errors[at] && (
            <p id={errorId(at)} className="text-[0.8125rem] text-danger">
              {errors[at]}
            </p>
          )}
        </div>
      ))}
      {general && (
        <p id={`${name}-error`} className="text-[0.8125rem] text-danger">
          {general}
        </p>
      )}
      {hint && (
        <p id={`${name}-hint`} className="text-[0.8125rem] text-ink-soft">
          {hint}
        </p>
      )}
      <Button size="small" icon={<Plus aria-hidden className="size-4" />} onClick={() => set([...lines, ''])}>
        {addLabel}
      </Button>
    </fieldset>
  );
}
