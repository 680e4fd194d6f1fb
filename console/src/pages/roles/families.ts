/** What a role is for. */
export const FAMILIES = ['Internal', 'Provider', 'Customer'] as const;

/** One of the families. */
export type Family = (typeof FAMILIES)[number];
