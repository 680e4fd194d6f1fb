/** The matrix itself: permissions down, roles across; one tab stop, arrow keys inside (the grid pattern of WAI-ARIA). */
import type { Schemas } from '@tenantry/sdk';
import { type KeyboardEvent, useRef, useState } from 'react';
import { useTranslation } from '../../app/translation';
import { classes } from '../../ui/classes';
import { TenantLink } from '../../ui/link';
import { Scroll } from '../../ui/scroll';
import type { Extent } from '../shared/extents';
import { type Column, type Edits, extentIn, isEdited, moved, nextExtent } from './matrix-model';
import { byResource } from './permission-field';

type Permission = Schemas['PermissionView'];

interface MatrixTableProps {
  permissions: readonly Permission[];
  roles: readonly Column[];
  edits: Edits;
  mayEdit: boolean;
  onSet: (role: Column, permission: string, extent: Extent) => void;
}

const KEYS: Readonly<Record<string, Extent>> = { a: 'any', o: 'own', n: '', Delete: '', Backspace: '' };

/** The table. */
export function MatrixTable({ permissions, roles, edits, mayEdit, onSet }: MatrixTableProps) {
  const { t } = useTranslation();
  const table = useRef<HTMLTableElement>(null);
  const [place, setPlace] = useState({ row: 0, column: 0 });
  const groups = byResource(permissions);
  const rows = groups.flatMap(([, part]) => part);
  const active = {
    row: Math.min(place.row, rows.length - 1),
    column: Math.min(place.column, roles.length - 1),
  };

  const onKeyDown = (event: KeyboardEvent) => {
    const to = moved(active, event, { rows: rows.length, columns: roles.length });
    const [role, permission] = [roles[active.column], rows[active.row]];
    const extent = event.ctrlKey || event.metaKey ? undefined : KEYS[event.key];
    if (to) {
      setPlace(to);
      table.current?.querySelector<HTMLElement>(`[data-cell="${to.row}-${to.column}"]`)?.focus();
    } else if (extent !== undefined && role && permission && mayEdit && !role.is_system) {
      onSet(role, permission.name, extent);
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <Scroll label={t('matrix.title')} className="max-h-[70dvh] overflow-auto rounded-lg border border-line bg-surface">
      <table
        ref={table}
        // biome-ignore lint/a11y/noNoninteractiveElementToInteractiveRole: the grid pattern is made of a table
        role="grid"
        aria-label={t('matrix.title')}
        className="min-w-full border-separate border-spacing-0 text-left"
      >
        <thead>
          <tr>
            <th
              scope="col"
              className="sticky top-0 left-0 z-20 border-r border-b border-line bg-surface px-3 py-2 text-[0.8125rem] font-medium text-ink-soft"
            >
              {t('matrix.permission')}
            </th>
            {roles.map((role) => (
              <th
                key={role.id}
                scope="col"
                className="sticky top-0 z-10 min-w-24 border-b border-line bg-surface px-2 py-2 align-bottom font-medium"
              >
                <TenantLink to={`/roles/${role.id}`} className="line-clamp-2 max-w-32 break-words hover:underline">
                  {role.name}
                </TenantLink>
                {role.is_system && <span className="block text-xs font-normal text-ink-soft">{t('roles.system')}</span>}
              </th>
            ))}
          </tr>
        </thead>
        {groups.map(([resource, part]) => (
          <tbody key={resource} onKeyDown={onKeyDown}>
            <tr>
              <th
                scope="rowgroup"
                colSpan={roles.length + 1}
                className="border-b border-line bg-sunken px-3 py-1 text-xs font-semibold text-ink-soft"
              >
                <span className="sticky left-3">{resource}</span>
              </th>
            </tr>
            {part.map((permission) => (
              <Row
                key={permission.name}
                permission={permission}
                row={rows.indexOf(permission)}
                roles={roles}
                edits={edits}
                mayEdit={mayEdit}
                active={active}
                onFocus={setPlace}
                onSet={onSet}
              />
            ))}
          </tbody>
        ))}
      </table>
    </Scroll>
  );
}

interface RowProps {
  permission: Permission;
  row: number;
  roles: readonly Column[];
  edits: Edits;
  mayEdit: boolean;
  active: { row: number; column: number };
  onFocus: (place: { row: number; column: number }) => void;
  onSet: MatrixTableProps['onSet'];
}

function Row({ permission, row, roles, edits, mayEdit, active, onFocus, onSet }: RowProps) {
  return (
    <tr className="group">
      <th
        scope="row"
        className="sticky left-0 z-10 max-w-72 min-w-36 border-r border-b border-line bg-surface px-3 py-1.5 font-normal group-hover:bg-sunken"
      >
        <span className="font-medium break-words">{permission.action}</span>
        <span className="block text-xs text-ink-soft max-sm:hidden">{permission.description}</span>
      </th>
      {roles.map((role, column) => (
        <td key={role.id} className="border-b border-line px-2 py-1 group-hover:bg-sunken">
          <Cell
            name={permission.name}
            role={role}
            extent={extentIn(edits, role, permission.name)}
            isChanged={isEdited(edits, role, permission.name)}
            isFixed={!mayEdit || role.is_system}
            id={`${row}-${column}`}
            isActive={active.row === row && active.column === column}
            onFocus={() => onFocus({ row, column })}
            onSet={(extent) => onSet(role, permission.name, extent)}
          />
        </td>
      ))}
    </tr>
  );
}

interface CellProps {
  name: string;
  role: Column;
  extent: Extent;
  isChanged: boolean;
  isFixed: boolean;
  id: string;
  isActive: boolean;
  onFocus: () => void;
  onSet: (extent: Extent) => void;
}

const LOOKS: Record<Extent, string> = {
  '': 'text-ink-soft',
  own: 'bg-info-soft text-info font-medium',
  any: 'bg-good-soft text-good font-medium',
};

function Cell({ name, role, extent, isChanged, isFixed, id, isActive, onFocus, onSet }: CellProps) {
  const { t } = useTranslation();
  const word = t(`roles.extents.${extent === '' ? 'none' : extent}`);
  const label = t(isChanged ? 'matrix.cellChanged' : 'matrix.cell', { name, role: role.name, extent: word });
  return (
    <button
      type="button"
      data-cell={id}
      tabIndex={isActive ? 0 : -1}
      aria-label={label}
      aria-disabled={isFixed || undefined}
      title={isFixed && role.is_system ? t('roles.systemHelp') : label}
      onFocus={onFocus}
      onClick={() => !isFixed && onSet(nextExtent(extent))}
      className={classes(
        'relative h-8 w-full min-w-20 rounded-md px-2 text-[0.8125rem] whitespace-nowrap',
        LOOKS[extent],
        isFixed ? 'cursor-default' : !isChanged && 'hover:ring-1 hover:ring-line-strong hover:ring-inset',
        isChanged && 'ring-2 ring-accent ring-inset',
      )}
    >
      <span aria-hidden>{extent === '' ? '–' : word}</span>
    </button>
  );
}
