/** Groups there and the roles that their members get here: a field of pairs. */
import { Plus, X } from 'lucide-react';
import { useContext } from 'react';
import { useTranslation } from '../../app/translation';
import { LabelContext } from '../../forms/fields';
import { useField } from '../../forms/form-state';
import { Button, IconButton } from '../../ui/button';
import type { GroupRole } from './model';

interface GroupRolesProps {
  name: string;
  /** The roles to choose from. */
  roles: readonly { id: string; name: string }[];
}

/** What is wrong with the pairs: half of one, or the same group twice. */
export function pairProblem(lines: readonly GroupRole[]): 'half' | 'twice' | undefined {
  const groups = lines.map(({ group }) => group.trim());
  if (lines.some(({ role }, at) => (groups[at] === '') !== (role === ''))) {
    return 'half';
  }
  const named = groups.filter(Boolean);
  return new Set(named).size < named.length ? 'twice' : undefined;
}

/** The field; its value is a list of pairs. Empty ones are left out when it is sent. */
export function GroupRolesField({ name, roles }: GroupRolesProps) {
  const { t } = useTranslation();
  const label = useContext(LabelContext)[name] ?? name;
  const { value, error, set } = useField(name, {
    validate: (lines) => {
      const problem = pairProblem(lines as GroupRole[]);
      return problem && t(`providers.wrong.${problem}`);
    },
  });
  const lines = (value as GroupRole[] | undefined) ?? [];
  const change = (at: number, part: Partial<GroupRole>) =>
    set(lines.map((line, index) => (index === at ? { ...line, ...part } : line)));
  const idOf = (at: number) => (at === 0 ? name : `${name}-${at}`);
  const describedBy = [error && `${name}-error`, `${name}-hint`].filter(Boolean).join(' ');
  return (
    <fieldset className="space-y-1.5" aria-describedby={describedBy}>
      <legend className="mb-1.5 font-medium">
        {label}
        <span className="ml-1.5 font-normal text-ink-soft">{t('form.optional')}</span>
      </legend>
      {lines.map((line, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a pair is its place
        <div key={at} className="flex items-center gap-1">
          <input
            id={idOf(at)}
            className="control min-w-0 flex-1 font-mono text-xs"
            aria-label={t('providers.groupOf', { number: at + 1 })}
            aria-invalid={error !== undefined}
            placeholder={t('providers.group')}
            autoComplete="off"
            spellCheck={false}
            maxLength={300}
            value={line.group}
            onChange={(event) => change(at, { group: event.target.value })}
          />
          <span aria-hidden className="px-1 text-ink-soft">
            →
          </span>
          <select
            className="control w-40 shrink-0 max-sm:w-32"
            aria-label={t('providers.roleOf', { number: at + 1 })}
            aria-invalid={error !== undefined}
            value={line.role}
            onChange={(event) => change(at, { role: event.target.value })}
          >
            <option value="">{t('common.choose')}</option>
            {/* A role that is gone stays what it is. */}
            {line.role && !roles.some(({ id }) => id === line.role) && (
              <option value={line.role}>…{line.role.slice(-6)}</option>
            )}
            {roles.map((role) => (
              <option key={role.id} value={role.id}>
                {role.name}
              </option>
            ))}
          </select>
          <IconButton
            label={t('form.removeLine', { label, number: at + 1 })}
            icon={<X aria-hidden className="size-4" />}
            onClick={() => set(lines.filter((_, index) => index !== at))}
          />
        </div>
      ))}
      {error && (
        <p id={`${name}-error`} className="text-[0.8125rem] text-danger">
          {error}
        </p>
      )}
      <p id={`${name}-hint`} className="text-[0.8125rem] text-ink-soft">
        {t('providers.groupRolesHint')}
      </p>
      <Button
        size="small"
        icon={<Plus aria-hidden className="size-4" />}
        onClick={() => set([...lines, { group: '', role: '' }])}
      >
        {t('providers.addGroup')}
      </Button>
    </fieldset>
  );
}
