/** Choosing permissions: for each action nothing, one's own, or everything. */
import type { Schemas } from '@tenantry/sdk';
import { useContext } from 'react';
import { useAll } from '../../app/api';
import { useTranslation } from '../../app/translation';
import { LabelContext } from '../../forms/fields';
import { useField } from '../../forms/form-state';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { type Extent, extentOf, withExtent } from '../shared/extents';

type Permission = Schemas['PermissionView'];
/** The catalogue by resource. */
export function byResource(permissions: readonly Permission[]): [string, Permission[]][] {
  const groups = new Map<string, Permission[]>();
  for (const permission of permissions) {
    groups.set(permission.resource, [...(groups.get(permission.resource) ?? []), permission]);
  }
  return [...groups];
}

interface PermissionTableProps {
  granted: readonly string[];
  onChange?: (granted: string[]) => void;
}

/** The catalogue with what is granted. Without `onChange` it is only shown. */
export function PermissionTable({ granted, onChange }: PermissionTableProps) {
  const { t } = useTranslation();
  const read = useAll('/permissions', {}, { staleFor: 300_000 });
  if (read.isPending) {
    return <Skeleton lines={6} />;
  }
  if (read.isError) {
    return <Trouble error={read.error} onRetry={() => void read.refetch()} />;
  }
  return (
    <div className="divide-y divide-line rounded-md border border-line">
      {byResource(read.data).map(([resource, permissions]) => (
        <fieldset key={resource} className="px-3 py-2">
          <legend className="float-left mb-1 w-full pt-1 text-xs font-semibold text-ink-soft">{resource}</legend>
          <ul className="clear-both space-y-1">
            {permissions.map((permission) => (
              <li key={permission.name} className="flex items-center gap-3">
                <span className="min-w-0 flex-1">
                  <span className="font-medium">{permission.action}</span>
                  <span className="block text-[0.8125rem] text-ink-soft">{permission.description}</span>
                </span>
                <select
                  aria-label={t('roles.extentOf', { name: permission.name })}
                  className="control h-8 w-28"
                  disabled={!onChange}
                  value={extentOf(granted, permission.name)}
                  onChange={(event) => onChange?.(withExtent(granted, permission.name, event.target.value as Extent))}
                >
                  <option value="">{t('roles.extents.none')}</option>
                  <option value="own">{t('roles.extents.own')}</option>
                  <option value="any">{t('roles.extents.any')}</option>
                </select>
              </li>
            ))}
          </ul>
        </fieldset>
      ))}
    </div>
  );
}

/** The table as a field of a form. */
export function PermissionField({ name }: { name: string }) {
  const label = useContext(LabelContext)[name] ?? name;
  const { value, error, set } = useField(name);
  return (
    <div className="space-y-1.5">
      <p className="font-medium">{label}</p>
      <PermissionTable granted={(value as string[] | undefined) ?? []} onChange={set} />
      {error && (
        <p role="alert" className="text-[0.8125rem] text-danger">
          {error}
        </p>
      )}
    </div>
  );
}
