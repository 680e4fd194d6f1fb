import type { TFunction } from 'i18next';

/** What a role is for. */
export const FAMILIES = ['Internal', 'Provider', 'Customer'] as const;

/** One of the families. */
export type Family = (typeof FAMILIES)[number];

/** A family's name for people; one that the tenant has defined is called what it is called. */
export function familyName(t: TFunction, family: string): string {
  const known = FAMILIES.find((one) => one === family);
  return known ? t(`roles.families.${known}`) : family;
}
