/** The states of a project, in the order in which they are offered. */
export const PROJECT_STATES = ['active', 'completed', 'archived'] as const;
