/** The states of a user, in the order in which they are offered. */
export const USER_STATES = ['active', 'pending', 'hold', 'inactive', 'suspended', 'banned'] as const;
