/** A text with line numbers, in which lines that are wrong are marked, and what is wrong with them is listed below. */
import { type KeyboardEvent, useRef } from 'react';
import { useTranslation } from '../app/translation';
import { classes } from '../ui/classes';

/** Something that is wrong at a line. */
export interface LineProblem {
  /** From 1; absent when it is not known. */
  line?: number;
  detail: string;
}

interface CodeAreaProps {
  id: string;
  label: string;
  value: string;
  onChange: (text: string) => void;
  problems?: readonly LineProblem[];
  hint?: string;
  isDisabled?: boolean;
  /** How many lines are shown at least. */
  rows?: number;
}

const MOST = 32;

/** The control with its label. */
export function CodeArea({ id, label, value, onChange, problems = [], hint, isDisabled, rows = 10 }: CodeAreaProps) {
  const { t } = useTranslation();
  const area = useRef<HTMLTextAreaElement>(null);
  const gutter = useRef<HTMLDivElement>(null);
  const lines = value.split('\n');
  const wrong = new Set(problems.map(({ line }) => line));
  const ids = { hint: `${id}-hint`, problems: `${id}-error` };

  const goTo = (line: number) => {
    const start = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
    area.current?.focus();
    area.current?.setSelectionRange(start, start + (lines[line - 1]?.length ?? 0));
  };

  return (
    <div className="space-y-1.5">
      <label htmlFor={id} className="block font-medium">
        {label}
      </label>
      <div
        className={classes(
          'flex overflow-hidden rounded-md border bg-surface font-mono text-xs leading-5',
          problems.length > 0 ? 'border-danger' : 'border-line-strong',
        )}
      >
        <div
          ref={gutter}
          aria-hidden
          className="shrink-0 overflow-hidden border-r border-line bg-sunken py-2 text-right text-ink-soft select-none"
        >
          {lines.map((_, index) => (
            <div
              // biome-ignore lint/suspicious/noArrayIndexKey: a line is its number
              key={index}
              className={classes('px-2', wrong.has(index + 1) && 'bg-danger-soft font-semibold text-danger')}
            >
              {index + 1}
            </div>
          ))}
        </div>
        <textarea
          ref={area}
          id={id}
          name={id}
          value={value}
          disabled={isDisabled}
          rows={Math.max(rows, Math.min(MOST, lines.length + 1))}
          wrap="off"
          spellCheck={false}
          autoCapitalize="off"
          autoComplete="off"
          aria-invalid={problems.length > 0}
          aria-describedby={
            [problems.length > 0 && ids.problems, hint && ids.hint].filter(Boolean).join(' ') || undefined
          }
          className="min-w-0 flex-1 resize-y bg-transparent px-2 py-2 font-mono text-xs leading-5 -outline-offset-2"
          onScroll={(event) => {
            if (gutter.current) {
              gutter.current.scrollTop = event.currentTarget.scrollTop;
            }
          }}
          onKeyDown={indent}
          onChange={(event) => onChange(event.target.value)}
        />
      </div>
      {hint && (
        <p id={ids.hint} className="text-[0.8125rem] text-ink-soft">
          {hint}
        </p>
      )}
      {problems.length > 0 && (
        <ul id={ids.problems} className="space-y-1 text-[0.8125rem] text-danger">
          {problems.map(({ line, detail }) => (
            <li key={`${line} ${detail}`} className="flex gap-2">
              {line !== undefined && (
                <button type="button" className="shrink-0 font-semibold underline" onClick={() => goTo(line)}>
                  {t('code.line', { line })}
                </button>
              )}
              <span className="min-w-0 break-words">{detail}</span>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

/** Enter keeps the indentation of the line. Tab is left alone: it leads on, as everywhere. */
function indent(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== 'Enter' || event.ctrlKey || event.metaKey || event.shiftKey) {
    return;
  }
  const { value, selectionStart } = event.currentTarget;
  const before = value.slice(value.lastIndexOf('\n', selectionStart - 1) + 1, selectionStart);
  const [space = ''] = /^[ \t]*/.exec(before) ?? [];
  const deeper = /[[{(]\s*$/.test(before) ? '  ' : '';
  if (space + deeper !== '') {
    event.preventDefault();
    document.execCommand('insertText', false, `\n${space}${deeper}`);
  }
}
