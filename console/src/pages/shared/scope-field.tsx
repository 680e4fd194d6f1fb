/** What a key may be used for: chosen from what oneself holds, because nobody gives away more. */
import { useContext, useState } from 'react';
import { useAll } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { LabelContext } from '../../forms/fields';
import { useField } from '../../forms/form-state';
import { extentOf, withExtent } from './extents';

interface Held {
  name: string;
  /** Held for everything, not only for one's own. */
  isAny: boolean;
}

/** What a list of permissions holds, by name. */
export function heldOf(permissions: readonly string[]): Held[] {
  const names = new Set(permissions.map((each) => each.replace(/:own$/, '')));
  return [...names].sort().map((name) => ({ name, isAny: permissions.includes(name) }));
}

/** The field; its value is a list of permissions. */
export function ScopeField({ name }: { name: string }) {
  const { t } = useTranslation();
  const { session, can } = useTenant();
  const [search, setSearch] = useState('');
  const label = useContext(LabelContext)[name] ?? name;
  const { value, error, set } = useField(name, {
    validate: (chosen) => ((chosen as string[]).length > 0 ? undefined : t('apiKeys.noScopes')),
  });
  const catalogue = useAll('/permissions', {}, { staleFor: 300_000, enabled: can('roles:read') });
  const chosen = (value as string[] | undefined) ?? [];
  const about = (permission: string) => catalogue.data?.find((each) => each.name === permission)?.description;
  const fits = (permission: string) =>
    `${permission} ${about(permission) ?? ''}`.toLowerCase().includes(search.trim().toLowerCase());
  const shown = heldOf(session.permissions).filter((each) => fits(each.name));
  return (
    <fieldset className="space-y-1.5" aria-describedby={error ? `${name}-error` : undefined}>
      <legend className="mb-1.5 font-medium">{label}</legend>
      <input
        id={name}
        type="search"
        className="control"
        autoComplete="off"
        aria-label={t('matrix.findPermission')}
        placeholder={t('matrix.findPermission')}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && event.preventDefault()}
      />
      <ul className="max-h-64 divide-y divide-line overflow-y-auto rounded-md border border-line">
        {shown.map(({ name: permission, isAny }) => (
          <li key={permission} className="flex items-center gap-3 px-3 py-1.5">
            <span className="min-w-0 flex-1">
              <code className="font-mono text-xs">{permission}</code>
              <span className="block text-[0.8125rem] text-ink-soft">{about(permission)}</span>
            </span>
            <select
              aria-label={t('roles.extentOf', { name: permission })}
              className="control h-8 w-28"
              value={extentOf(chosen, permission)}
              onChange={(event) => set(withExtent(chosen, permission, event.target.value as '' | 'own' | 'any'))}
            >
              <option value="">{t('roles.extents.none')}</option>
              <option value="own">{t('roles.extents.own')}</option>
              {isAny && <option value="any">{t('roles.extents.any')}</option>}
            </select>
          </li>
        ))}
        {shown.length === 0 && <li className="px-3 py-2 text-ink-soft">{t('matrix.noMatch')}</li>}
      </ul>
      <p className="text-[0.8125rem] text-ink-soft">{t('apiKeys.scopesHint')}</p>
      {error && (
        <p id={`${name}-error`} className="text-[0.8125rem] text-danger">
          {error}
        </p>
      )}
    </fieldset>
  );
}
