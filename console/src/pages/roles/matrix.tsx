/** Roles × permissions on one page. Changes are collected and saved together; filters are in the URL. */
import { useQueries } from '@tanstack/react-query';
import type { Answer, Schemas } from '@tenantry/sdk';
import { useState } from 'react';
import { queryKey, useAll } from '../../app/api';
import { useTenant } from '../../app/tenant';
import { useTranslation } from '../../app/translation';
import { LeaveGuard } from '../../forms/leave-guard';
import { useSaveKey } from '../../forms/save-key';
import { useListSearch } from '../../templates/list-search';
import { Page } from '../../templates/page';
import { Button, buttonClass } from '../../ui/button';
import { TenantLink } from '../../ui/link';
import { Skeleton } from '../../ui/skeleton';
import { Trouble } from '../../ui/trouble';
import { type Column, type Edits, withCell } from './matrix-model';
import { roleCall, SaveBar, SaveTrouble, toColumn, useMatrixSaving } from './matrix-save';
import { MatrixTable } from './matrix-table';

type Role = Schemas['RoleView'];

/** So many roles are shown before one asks for more: each is a read of its own. */
const STEP = 12;

const contains = (text: string | undefined, part: string | undefined) =>
  !part || (text ?? '').toLowerCase().includes(part.toLowerCase());

/** The page. */
export function RoleMatrix() {
  const { t } = useTranslation();
  const { can } = useTenant();
  const { search } = useListSearch();
  const permissions = useAll('/permissions', {}, { staleFor: 300_000 });
  const roles = useAll('/roles');
  const failed = [permissions, roles].find(({ isError }) => isError);
  return (
    <Page
      title={t('matrix.title')}
      description={t('matrix.help')}
      back={{ to: '/roles', label: t('places.roles') }}
      actions={
        can('roles:create') && (
          <TenantLink to="/roles/new" className={buttonClass()}>
            {t('roles.create')}
          </TenantLink>
        )
      }
    >
      <Filters />
      {roles.data?.every(({ is_system }) => is_system) && can('roles:update') && (
        <p className="mb-3 rounded-md bg-info-soft px-3 py-2">{t('matrix.onlySystem')}</p>
      )}
      {failed && <Trouble error={failed.error} onRetry={() => void failed.refetch()} />}
      {!failed && !(permissions.data && roles.data) && <Waiting />}
      {!failed && permissions.data && roles.data && (
        <Matrix
          permissions={permissions.data.filter(
            ({ name, description }) => contains(name, search.search) || contains(description ?? '', search.search),
          )}
          roles={roles.data.filter(
            ({ name, is_system }) => contains(name, search.role) && !(search.own === '1' && is_system),
          )}
        />
      )}
    </Page>
  );
}

function Waiting() {
  return (
    <div className="rounded-lg border border-line bg-surface p-4">
      <Skeleton lines={8} />
    </div>
  );
}

function Filters() {
  const { t } = useTranslation();
  const { search, change } = useListSearch();
  return (
    <search aria-label={t('list.filters')} className="mb-3 flex flex-wrap items-center gap-2">
      <input
        data-filter
        type="search"
        className="control w-56 max-sm:w-full"
        aria-label={t('matrix.findPermission')}
        placeholder={t('matrix.findPermission')}
        value={search.search ?? ''}
        onChange={(event) => change({ search: event.target.value }, true)}
      />
      <input
        type="search"
        className="control w-44 max-sm:w-full"
        aria-label={t('matrix.findRole')}
        placeholder={t('matrix.findRole')}
        value={search.role ?? ''}
        onChange={(event) => change({ role: event.target.value }, true)}
      />
      <label className="flex items-center gap-2 px-1">
        <input
          type="checkbox"
          className="size-4 accent-accent"
          checked={search.own === '1'}
          onChange={(event) => change({ own: event.target.checked ? '1' : undefined })}
        />
        {t('matrix.ownOnly')}
      </label>
    </search>
  );
}

/** The roles with what they grant; a role that somebody deletes meanwhile is left out. */
function useColumns(roles: readonly Role[]) {
  const { slug, client } = useTenant();
  const reads = useQueries({
    queries: roles.map(({ id }) => ({
      queryKey: queryKey(slug, roleCall(id)),
      queryFn: ({ signal }: { signal: AbortSignal }): Promise<Answer<Role>> => client.send(roleCall(id), signal),
    })),
  });
  const columns = reads.flatMap(({ data }): Column[] => (data ? [toColumn(data)] : []));
  return { columns, isPending: reads.some((read) => read.isPending), failed: reads.find((read) => read.isError) };
}

function Matrix({ permissions, roles }: { permissions: Schemas['PermissionView'][]; roles: Role[] }) {
  const { t } = useTranslation();
  const { can } = useTenant();
  const { search, change } = useListSearch();
  const [edits, setEdits] = useState<Edits>({});
  // What is edited stays in the table, whatever the filter says, so that nothing is saved unseen.
  const count = Number(search.roles) || STEP;
  const all = useAll('/roles');
  const shown = [
    ...roles.slice(0, count),
    ...(all.data ?? []).filter(({ id }) => edits[id] && !roles.slice(0, count).some((role) => role.id === id)),
  ];
  const { columns, isPending, failed } = useColumns(shown);
  const saving = useMatrixSaving(edits, columns, setEdits);
  const isDirty = saving.changed.length > 0;
  const element = useSaveKey<HTMLDivElement>({
    isDirty,
    save: () => void (isDirty && !saving.isBusy && saving.save()),
  });

  return (
    <div ref={element}>
      <SaveTrouble outcome={saving.outcome} />
      {failed && <Trouble error={failed.error} onRetry={() => void failed.refetch()} />}
      {!failed && isPending && <Waiting />}
      {!failed && !isPending && (permissions.length === 0 || columns.length === 0) && (
        <p className="rounded-lg border border-line bg-surface px-4 py-16 text-center text-ink-soft">
          {t(search.search || search.role || search.own ? 'matrix.noMatch' : 'matrix.none')}
        </p>
      )}
      {!failed && !isPending && permissions.length > 0 && columns.length > 0 && (
        <MatrixTable
          permissions={permissions}
          roles={columns}
          edits={edits}
          mayEdit={can('roles:update') && !saving.isBusy}
          onSet={(role, permission, extent) => setEdits((before) => withCell(before, role, permission, extent))}
        />
      )}
      <div className="mt-3 flex flex-wrap items-center justify-between gap-2 text-[0.8125rem] text-ink-soft">
        <p>{can('roles:update') ? t('matrix.keys') : t('matrix.readOnly')}</p>
        {roles.length > count && (
          <Button size="small" onClick={() => change({ roles: String(count + STEP) })}>
            {t('matrix.more', { count: roles.length - count })}
          </Button>
        )}
      </div>
      <SaveBar saving={saving} edits={edits} />
      <LeaveGuard isDirty={isDirty} />
    </div>
  );
}
