/** How far permissions are granted: `projects:read` for everything, `projects:read:own` for one's own. */

/** How far a permission is granted. */
export type Extent = '' | 'own' | 'any';

/** How far a list of permissions grants one. */
export function extentOf(granted: readonly string[], name: string): Extent {
  if (granted.includes(name)) {
    return 'any';
  }
  return granted.includes(`${name}:own`) ? 'own' : '';
}

/** The list with one permission granted differently. */
export function withExtent(granted: readonly string[], name: string, extent: Extent): string[] {
  const others = granted.filter((each) => each !== name && each !== `${name}:own`);
  const added = { '': [], own: [`${name}:own`], any: [name] }[extent];
  return [...others, ...added].sort();
}
