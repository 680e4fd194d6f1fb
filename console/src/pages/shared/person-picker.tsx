/** Finding one person by name or address: a text with a list of who fits (the combobox pattern of WAI-ARIA). */
import { call, type Schemas } from '@tenantry/sdk';
import { X } from 'lucide-react';
import { type KeyboardEvent, useDeferredValue, useId, useState } from 'react';
import { useRead } from '../../app/api';
import { nameOf } from '../../app/session';
import { useTranslation } from '../../app/translation';
import { useField } from '../../forms/form-state';
import { IconButton } from '../../ui/button';
import { classes } from '../../ui/classes';

type User = Schemas['UserView'];

interface PersonPickerProps {
  id: string;
  label: string;
  /** The id of the chosen person, or nothing. */
  value: string;
  onChange: (id: string) => void;
  hint?: string;
  error?: string;
  isRequired?: boolean;
  /** Who is not offered. */
  without?: readonly string[];
  /** In a bar: the label is read out and stands in the field, and the list lies above what follows. */
  isCompact?: boolean;
}

/** The control with its label. */
export function PersonPicker(props: PersonPickerProps) {
  const { id, label, value, onChange, hint, error, isRequired, without, isCompact } = props;
  const { t } = useTranslation();
  const chosen = useRead(call('get', '/users/{user_id}', { path: { user_id: value } }), {
    enabled: value !== '',
    staleFor: 300_000,
  });
  const ids = { hint: `${id}-hint`, error: `${id}-error` };
  return (
    <div className={isCompact ? 'relative w-56' : 'space-y-1.5'}>
      <label htmlFor={id} className={isCompact ? 'sr-only' : 'block font-medium'}>
        {label}
        {!isRequired && !isCompact && <span className="ml-1.5 font-normal text-ink-soft">{t('form.optional')}</span>}
      </label>
      {value ? (
        <div className="flex items-center gap-2">
          <input
            id={id}
            readOnly
            className="control bg-sunken"
            value={chosen.data ? [...new Set([nameOf(chosen.data.data), chosen.data.data.email])].join(' · ') : value}
          />
          <IconButton
            label={t('picker.clear', { label })}
            icon={<X aria-hidden className="size-4" />}
            onClick={() => onChange('')}
          />
        </div>
      ) : (
        <Finder
          id={id}
          describedBy={[error && ids.error, hint && ids.hint].filter(Boolean).join(' ') || undefined}
          isInvalid={error !== undefined}
          without={without ?? []}
          placeholder={isCompact ? label : t('picker.find')}
          isOver={isCompact ?? false}
          onChoose={onChange}
        />
      )}
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

interface FinderProps {
  id: string;
  describedBy: string | undefined;
  isInvalid: boolean;
  without: readonly string[];
  placeholder: string;
  /** The list lies above what follows. */
  isOver: boolean;
  onChoose: (id: string) => void;
}

function Finder({ id, describedBy, isInvalid, without, placeholder, isOver, onChoose }: FinderProps) {
  const { t } = useTranslation();
  const listId = useId();
  const [text, setText] = useState('');
  const [isOpen, setOpen] = useState(false);
  const [active, setActive] = useState(0);
  const search = useDeferredValue(text.trim());
  const read = useRead(call('get', '/users', { query: { search: search || null, limit: 10 } }), {
    enabled: isOpen,
    keepPrevious: true,
  });
  const found = (read.data?.data ?? []).filter((user) => !without.includes(user.id));
  const at = Math.min(active, found.length - 1);
  const isShown = isOpen && read.data !== undefined;

  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length > 0) {
      event.preventDefault();
      setOpen(true);
      setActive((at + step + found.length) % found.length);
    } else if (event.key === 'Enter' && isShown) {
      event.preventDefault();
      const user = found[at];
      if (user) {
        onChoose(user.id);
      }
    } else if (event.key === 'Escape' && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      setOpen(false);
    }
  };

  return (
    <div>
      <input
        id={id}
        role="combobox"
        aria-expanded={isShown}
        aria-controls={isShown ? listId : undefined}
        aria-autocomplete="list"
        aria-activedescendant={isShown && at >= 0 ? `${listId}-${at}` : undefined}
        aria-describedby={describedBy}
        aria-invalid={isInvalid}
        autoComplete="off"
        className="control"
        placeholder={placeholder}
        value={text}
        onFocus={() => setOpen(true)}
        onBlur={() => setOpen(false)}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
          setOpen(true);
        }}
        onKeyDown={onKeyDown}
      />
      {isShown && (
        <div
          id={listId}
          role="listbox"
          aria-label={t('picker.results')}
          className={classes(
            'mt-1 max-h-56 overflow-y-auto rounded-md border border-line bg-raised p-1',
            isOver && 'absolute inset-x-0 z-20 shadow-xl',
          )}
        >
          {found.map((user, index) => (
            <Option
              key={user.id}
              id={`${listId}-${index}`}
              user={user}
              isActive={index === at}
              onChoose={() => onChoose(user.id)}
            />
          ))}
          {found.length === 0 && (
            // biome-ignore lint/a11y/useFocusableInteractive: the combobox has the focus
            <div role="option" aria-selected={false} aria-disabled className="px-2.5 py-1.5 text-ink-soft">
              {t('picker.nobody')}
            </div>
          )}
        </div>
      )}
    </div>
  );
}

function Option({ id, user, isActive, onChoose }: { id: string; user: User; isActive: boolean; onChoose: () => void }) {
  return (
    // biome-ignore lint/a11y/useFocusableInteractive: the combobox has the focus and the keys
    <div
      id={id}
      role="option"
      aria-selected={isActive}
      className={classes('cursor-pointer rounded px-2.5 py-1.5 hover:bg-sunken', isActive && 'bg-sunken')}
      // Before the field loses the focus and the list goes.
      onMouseDown={(event) => {
        event.preventDefault();
        onChoose();
      }}
    >
      <span className="font-medium">{nameOf(user)}</span>
      {nameOf(user) !== user.email && <span className="block text-xs text-ink-soft">{user.email}</span>}
    </div>
  );
}

/** The control as a field of a form. */
export function PersonField({
  name,
  label,
  hint,
  without,
}: {
  name: string;
  label: string;
  hint?: string;
  without?: readonly string[];
}) {
  const { t } = useTranslation();
  const { value, error, set } = useField(name, { required: t('form.required') });
  return (
    <PersonPicker
      id={name}
      label={label}
      hint={hint}
      error={error}
      without={without}
      isRequired
      value={String(value ?? '')}
      onChange={set}
    />
  );
}
