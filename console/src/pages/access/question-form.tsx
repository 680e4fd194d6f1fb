/** The question: who, what, on which thing, when, from where. */
import { call } from '@tenantry/sdk';
import { type ReactNode, useState } from 'react';
import { useAll, useRead } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { useSaveKey } from '../../forms/save-key';
import type { Search } from '../../templates/list-model';
import { useListSearch } from '../../templates/list-search';
import { Button } from '../../ui/button';
import { Card } from '../../ui/card';
import { PersonPicker } from '../shared/person-picker';
import { ATTRIBUTE, attributesOf, type Kind, localTime, textOf, typeOf } from './question';

const NO_KINDS: Readonly<Record<string, Kind>> = {};

/** The attributes of the type that an action is about, as far as one may know them. */
export function useVocabulary(action: string, chosen?: string) {
  const { can } = useTenant();
  const isEnabled = can('policies:read');
  const read = useRead(call('get', '/resource-types'), { enabled: isEnabled, staleFor: 300_000 });
  const types = read.data?.data ?? [];
  const derived = typeOf(
    action,
    types.map(({ name }) => name),
  );
  const type = chosen || derived;
  const kinds = (types.find(({ name }) => name === type)?.attributes as typeof NO_KINDS | undefined) ?? NO_KINDS;
  return { type, kinds, isPending: isEnabled && read.isPending };
}

/** A field for an action, with every permission as a suggestion. */
export function ActionField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const permissions = useAll('/permissions', {}, { staleFor: 300_000, enabled: can('roles:read') });
  return (
    <Labeled id="action" label={t('fields.action')} hint={t('simulator.actionHint')}>
      <input
        id="action"
        list="actions"
        required
        className="control"
        autoComplete="off"
        spellCheck={false}
        aria-describedby="action-hint"
        placeholder="booking:cancel"
        value={value}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id="actions">
        {permissions.data?.map(({ name, description }) => (
          <option key={name} value={name}>
            {description}
          </option>
        ))}
      </datalist>
    </Labeled>
  );
}

/** The form. Asking writes the question into the URL. */
export function QuestionForm() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const { search, go } = useListSearch();
  const [draft, setDraft] = useState<Search>(search);
  const set = (name: string) => (value: string) => setDraft((before) => ({ ...before, [name]: value }));
  const { type, kinds, isPending } = useVocabulary(draft.action ?? '', draft.type);
  const ask = () =>
    go(Object.fromEntries(Object.entries({ ...draft, mode: 'check' }).filter(([, value]) => value !== '')));
  const mayAsk = Boolean(draft.action?.trim());
  const element = useSaveKey<HTMLFormElement>({ isDirty: true, save: () => mayAsk && ask() });
  const text = (name: string, label: string, placeholder?: string, hint?: string) => (
    <Labeled id={name} label={label} hint={hint} isOptional>
      <input
        id={name}
        className="control"
        autoComplete="off"
        spellCheck={false}
        aria-describedby={hint && `${name}-hint`}
        placeholder={placeholder}
        value={draft[name] ?? ''}
        onChange={(event) => set(name)(event.target.value)}
      />
    </Labeled>
  );
  return (
    <form
      ref={element}
      className="space-y-4"
      onSubmit={(event) => {
        event.preventDefault();
        ask();
      }}
    >
      <Card title={t('simulator.question')}>
        <div className="grid gap-4 sm:grid-cols-2">
          <PersonPicker
            id="user"
            label={t('simulator.user')}
            hint={t('simulator.userHint')}
            value={draft.user ?? ''}
            onChange={set('user')}
          />
          <ActionField
            value={draft.action ?? ''}
            onChange={(action) => setDraft((before) => ({ ...before, action, type: '' }))}
          />
        </div>
      </Card>
      <Card
        title={type ? t('simulator.resourceOf', { type }) : t('fields.resource')}
        description={t('simulator.resourceHelp')}
      >
        <div className="grid gap-4 sm:grid-cols-2">
          {text('id', t('fields.id'), undefined, t('simulator.idHint'))}
          {can('users:read') ? (
            <PersonPicker
              id="owner"
              label={t('fields.owner_id')}
              hint={t('simulator.ownerPick')}
              value={draft.owner ?? ''}
              onChange={set('owner')}
            />
          ) : (
            text('owner', t('fields.owner_id'), undefined, t('simulator.ownerHint'))
          )}
          {!isPending && <Attributes draft={draft} kinds={kinds} onChange={setDraft} />}
        </div>
      </Card>
      <Card title={t('simulator.circumstances')} description={t('simulator.circumstancesHelp')}>
        <div className="grid gap-4 sm:grid-cols-2">
          <TimeField value={draft.time ?? ''} onChange={set('time')} />
          {text('ip', t('fields.ip'), '192.0.2.7')}
          {text('device', t('simulator.device'))}
          <Labeled id="known" label={t('simulator.known')} isOptional>
            <YesNo id="known" value={draft.known ?? ''} onChange={set('known')} />
          </Labeled>
          <Labeled id="trusted" label={t('simulator.trusted')} isOptional>
            <YesNo id="trusted" value={draft.trusted ?? ''} onChange={set('trusted')} />
          </Labeled>
        </div>
      </Card>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" kind="primary" disabled={!mayAsk}>
          {t('simulator.ask')}
        </Button>
        <Button onClick={() => go({})}>{t('simulator.reset')}</Button>
      </div>
    </form>
  );
}

function TimeField({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  const tomorrow = () => {
    const at = new Date();
    at.setDate(at.getDate() + 1);
    at.setHours(9, 0, 0, 0);
    onChange(localTime(at));
  };
  return (
    <Labeled id="time" label={t('fields.at')} hint={t('simulator.timeHint')} isOptional>
      <div className="flex flex-wrap gap-2">
        <input
          id="time"
          type="datetime-local"
          step={1}
          className="control min-w-0 flex-1 basis-52"
          aria-describedby="time-hint"
          value={value && textOf(value, 'datetime')}
          onChange={(event) => onChange(event.target.value)}
        />
        <Button onClick={tomorrow}>{t('simulator.tomorrow')}</Button>
      </div>
    </Labeled>
  );
}

interface AttributesProps {
  draft: Search;
  kinds: Readonly<Record<string, Kind>>;
  onChange: (draft: Search) => void;
}

/** A field for each attribute of the type, and for those that the question has although the type does not. */
function Attributes({ draft, kinds, onChange }: AttributesProps) {
  const { t } = useTranslation();
  const names = [...new Set([...Object.keys(kinds), ...Object.keys(attributesOf(draft))])].sort();
  return names.map((name) => {
    const id = `${ATTRIBUTE}${name}`;
    const kind = kinds[name];
    const set = (value: string) => onChange({ ...draft, [id]: value });
    const value = draft[id] ?? '';
    return (
      <Labeled
        key={id}
        id={id}
        label={name}
        hint={kind === 'strings' ? t('simulator.listHint') : undefined}
        isOptional
        isCode
      >
        {kind === 'boolean' ? (
          <YesNo id={id} value={value} onChange={set} />
        ) : (
          <input
            id={id}
            className="control"
            type={kind === 'datetime' ? 'datetime-local' : kind === 'number' ? 'number' : 'text'}
            step={kind === 'number' || kind === 'datetime' ? 1 : undefined}
            autoComplete="off"
            spellCheck={false}
            aria-describedby={kind === 'strings' ? `${id}-hint` : undefined}
            value={kind === 'datetime' && value ? textOf(value, kind) : value}
            onChange={(event) => set(event.target.value)}
          />
        )}
      </Labeled>
    );
  });
}

function YesNo({ id, value, onChange }: { id: string; value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation();
  return (
    <select id={id} className="control" value={value} onChange={(event) => onChange(event.target.value)}>
      <option value="">{t('simulator.unknown')}</option>
      <option value="true">{t('common.yes')}</option>
      <option value="false">{t('common.no')}</option>
    </select>
  );
}

interface LabeledProps {
  id: string;
  label: string;
  hint?: string;
  isOptional?: boolean;
  isCode?: boolean;
  children: ReactNode;
}

function Labeled({ id, label, hint, isOptional, isCode, children }: LabeledProps) {
  const { t } = useTranslation();
  return (
    <div className="space-y-1.5">
      <label htmlFor={id} className="block font-medium">
        <span className={isCode ? 'font-mono text-xs' : undefined}>{label}</span>
        {isOptional && <span className="ml-1.5 font-normal text-ink-soft">{t('form.optional')}</span>}
      </label>
      {children}
      {hint && (
        <p id={`${id}-hint`} className="text-[0.8125rem] text-ink-soft">
          {hint}
        </p>
      )}
    </div>
  );
}
