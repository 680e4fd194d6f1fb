/** How long what was replaced stays good, in seconds, and what that is called. */
export const OVERLAPS = [
  ['0', 'none'],
  ['3600', 'hour'],
  ['86400', 'day'],
  ['604800', 'week'],
] as const;
