import type { Translate } from '../../app/texts';

/** What a role is for. */
export const FAMILIES = ['Internal', 'Provider', 'Customer'] as const;

/** A family's name for people; one that the tenant has defined is called what it is called. */
export function familyName(t: Translate, family: string): string {
  const known = FAMILIES.find((one) => one === family);
  return known ? t(`roles.families.${known}`) : family;
}
