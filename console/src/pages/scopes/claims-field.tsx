/** The claims that a scope stands for, and where each comes from: a field of lines. */
import { Plus, X } from 'lucide-react';
import { useContext } from 'react';
import { useTranslation } from '../../app/translation';
import { LabelContext } from '../../forms/fields';
import { useField, useForm } from '../../forms/form-state';
import { fieldOf } from '../../forms/problems';
import { Button, IconButton } from '../../ui/button';
import { classes } from '../../ui/classes';
import { type ClaimLine, claimProblem, PERSON_CLAIMS, SOURCES, type SourceKind } from './model';

/** The most that a scope may have. */
const MOST = 50;

/** The field; its value is a list of lines. Empty ones are left out when it is sent. */
export function ClaimsField({ name }: { name: string }) {
  const { t } = useTranslation();
  const { problems } = useForm();
  const label = useContext(LabelContext)[name] ?? name;
  const { value, error, set } = useField(name, {
    validate: (found) => {
      const lines = found as ClaimLine[];
      return lines.map((_, at) => claimProblem(lines, at, t)).find(Boolean);
    },
  });
  const lines = (value as ClaimLine[] | undefined) ?? [];
  const change = (at: number, part: Partial<ClaimLine>) =>
    set(lines.map((line, index) => (index === at ? { ...line, ...part } : line)));
  /** The server says it of the claim's name. */
  const told = ({ name: claim }: ClaimLine) =>
    problems.find(({ pointer }) => {
      const [, part] = /^#\/claims\/(.+)$/.exec(pointer) ?? [];
      return part !== undefined && fieldOf(`#/${part}`) === claim.trim();
    })?.detail;
  const wrong = lines.map((line, at) => (error ? (claimProblem(lines, at, t) ?? told(line)) : undefined));
  const first = wrong.findIndex(Boolean);
  const general = error && first < 0 ? error : undefined;
  return (
    <fieldset className="min-w-0 space-y-2" aria-describedby={general ? `${name}-error ${name}-hint` : `${name}-hint`}>
      <legend className="mb-1.5 font-medium">
        {label}
        <span className="ml-1.5 font-normal text-ink-soft">{t('form.optional')}</span>
      </legend>
      <p id={`${name}-hint`} className="text-[0.8125rem] text-ink-soft">
        {t('scopes.claimsHint')}
      </p>
      {lines.map((line, at) => (
        <Line
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place
          key={at}
          id={at === 0 ? name : `${name}-${at}`}
          number={at + 1}
          line={line}
          error={wrong[at]}
          errorId={at === first ? `${name}-error` : `${name}-${at}-error`}
          onChange={(part) => change(at, part)}
          onRemove={() => set(lines.filter((_, index) => index !== at))}
        />
      ))}
      {general && (
        <p id={`${name}-error`} className="text-[0.8125rem] text-danger">
          {general}
        </p>
      )}
      {lines.length < MOST && (
        <Button
          size="small"
          icon={<Plus aria-hidden className="size-4" />}
          onClick={() => set([...lines, { name: '', from: 'managed', of: '' } satisfies ClaimLine])}
        >
          {t('scopes.addClaim')}
        </Button>
      )}
    </fieldset>
  );
}

interface LineProps {
  id: string;
  number: number;
  line: ClaimLine;
  error: string | undefined;
  errorId: string;
  onChange: (part: Partial<ClaimLine>) => void;
  onRemove: () => void;
}

function Line({ id, number, line, error, errorId, onChange, onRemove }: LineProps) {
  const { t } = useTranslation();
  const shared = {
    'aria-invalid': error !== undefined,
    'aria-describedby': error ? `${errorId} ${id}-help` : `${id}-help`,
  };
  const text = { ...shared, autoComplete: 'off', spellCheck: false, className: 'control min-w-0 font-mono text-xs' };
  return (
    <div className="space-y-1 rounded-md border border-line p-2">
      <div className="flex items-start gap-1">
        <div className="grid min-w-0 flex-1 gap-1.5 sm:grid-cols-[13rem_1fr]">
          <input
            {...text}
            id={id}
            className={classes(text.className, 'sm:col-span-2')}
            aria-label={t('scopes.claimName', { number })}
            placeholder="https://example.com/claim"
            value={line.name}
            onChange={(event) => onChange({ name: event.target.value })}
          />
          <select
            {...shared}
            className="control"
            aria-label={t('scopes.claimFrom', { number })}
            value={line.from}
            onChange={(event) => onChange({ from: event.target.value as SourceKind, of: '' })}
          >
            {SOURCES.map((source) => (
              <option key={source} value={source}>
                {t(`scopes.sources.${source}`)}
              </option>
            ))}
          </select>
          {line.from === 'claim' ? (
            <select
              {...shared}
              className="control"
              aria-label={t('scopes.claimOf', { number })}
              value={line.of}
              onChange={(event) => onChange({ of: event.target.value })}
            >
              <option value="">{t('common.choose')}</option>
              {PERSON_CLAIMS.map((claim) => (
                <option key={claim} value={claim}>
                  {claim}
                </option>
              ))}
            </select>
          ) : (
            <input
              {...text}
              aria-label={t('scopes.claimOf', { number })}
              placeholder={line.from === 'value' ? 'north' : 'employee_id'}
              value={line.of}
              onChange={(event) => onChange({ of: event.target.value })}
            />
          )}
        </div>
        <IconButton
          label={t('form.removeLine', { label: t('scopes.claims'), number })}
          icon={<X aria-hidden className="size-4" />}
          onClick={onRemove}
        />
      </div>
      <p id={`${id}-help`} className="text-xs text-ink-soft">
        {t(`scopes.sourceHelp.${line.from}`)}
      </p>
      {error && (
        <p id={errorId} className="text-[0.8125rem] text-danger">
          {error}
        </p>
      )}
    </div>
  );
}
