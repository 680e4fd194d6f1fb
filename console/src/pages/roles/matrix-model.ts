/** What is changed in the matrix of roles and permissions, before it is saved. */
import type { Schemas } from '@tenantry/sdk';
import { type Extent, extentOf, withExtent } from '../shared/extents';

/** By role and permission: how far it shall be granted. Only what differs from what is saved. */
export type Edits = Readonly<Record<string, Readonly<Record<string, Extent>>>>;

/** A role with what it grants. */
export type Column = Pick<Schemas['RoleView'], 'id' | 'name' | 'is_system' | 'role_family'> & {
  granted: readonly string[];
  etag: string | undefined;
};

/** What the matrix shows in a cell. */
export function extentIn(edits: Edits, role: Column, permission: string): Extent {
  return edits[role.id]?.[permission] ?? extentOf(role.granted, permission);
}

/** Whether a cell differs from what is saved. */
export function isEdited(edits: Edits, role: Column, permission: string): boolean {
  const wanted = edits[role.id]?.[permission];
  return wanted !== undefined && wanted !== extentOf(role.granted, permission);
}

/** The edits with one cell set; a cell that is as saved again is no edit. */
export function withCell(edits: Edits, role: Column, permission: string, extent: Extent): Edits {
  const { [permission]: _, ...others } = edits[role.id] ?? {};
  const cells = extent === extentOf(role.granted, permission) ? others : { ...others, [permission]: extent };
  const { [role.id]: __, ...roles } = edits;
  return Object.keys(cells).length === 0 ? roles : { ...roles, [role.id]: cells };
}

/** The edits without those of a role. */
export function withoutRole(edits: Edits, id: string): Edits {
  const { [id]: _, ...roles } = edits;
  return roles;
}

/** What a role grants with its edits. */
export function grantedWith(edits: Edits, role: Column): string[] {
  return Object.entries(edits[role.id] ?? {}).reduce(
    (granted: string[], [permission, extent]) => withExtent(granted, permission, extent),
    [...role.granted].sort(),
  );
}

/** The roles that would change, and how many cells. */
export function summaryOf(edits: Edits, roles: readonly Column[]): { roles: Column[]; cells: number } {
  const count = (role: Column) =>
    Object.keys(edits[role.id] ?? {}).filter((name) => isEdited(edits, role, name)).length;
  const changed = roles.filter((role) => count(role) > 0);
  return { roles: changed, cells: changed.reduce((sum, role) => sum + count(role), 0) };
}

/** A cell that somebody else has changed in the meantime. */
export interface Overtaken {
  role: string;
  permission: string;
  theirs: Extent;
  mine: Extent;
}

/** The cells in which what is saved now differs from what the edits began with. */
export function overtaken(edits: Edits, before: Column, after: Column): Overtaken[] {
  const names = [...new Set([...before.granted, ...after.granted].map((name) => name.replace(/:own$/, '')))].sort();
  return names
    .filter((name) => extentOf(before.granted, name) !== extentOf(after.granted, name))
    .map((permission) => ({
      role: after.name,
      permission,
      theirs: extentOf(after.granted, permission),
      mine: extentIn(edits, after, permission),
    }));
}

/** The next extent when a cell is pressed. */
export function nextExtent(extent: Extent): Extent {
  return ({ '': 'own', own: 'any', any: '' } as const)[extent];
}

/** Where an arrow key leads in a table of so many rows and columns; undefined for other keys. */
export function moved(
  { row, column }: { row: number; column: number },
  event: { key: string; ctrlKey: boolean },
  size: { rows: number; columns: number },
): { row: number; column: number } | undefined {
  const [lastRow, lastColumn] = [size.rows - 1, size.columns - 1];
  const targets: Record<string, [number, number]> = {
    ArrowUp: [row - 1, column],
    ArrowDown: [row + 1, column],
    ArrowLeft: [row, column - 1],
    ArrowRight: [row, column + 1],
    PageUp: [row - 10, column],
    PageDown: [row + 10, column],
    Home: [event.ctrlKey ? 0 : row, 0],
    End: [event.ctrlKey ? lastRow : row, lastColumn],
  };
  const target = targets[event.key];
  const within = (value: number, last: number) => Math.max(0, Math.min(last, value));
  return target && { row: within(target[0], lastRow), column: within(target[1], lastColumn) };
}
