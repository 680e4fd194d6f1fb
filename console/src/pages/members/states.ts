/** The states of a user, and which may follow which. */
import type { Schemas } from '@tenantry/sdk';

type State = Schemas['UserStatus'];

/** In the order in which they are offered. */
export const USER_STATES = ['active', 'pending', 'hold', 'inactive', 'suspended', 'banned'] as const;

/** Nobody returns to `pending`, and a ban is lifted to `inactive` first: letting somebody in again takes two steps. */
export const NEXT_STATES: Readonly<Record<State, readonly State[]>> = {
  pending: ['active', 'hold', 'inactive', 'suspended', 'banned'],
  active: ['hold', 'inactive', 'suspended', 'banned'],
  hold: ['active', 'inactive', 'suspended', 'banned'],
  inactive: ['active', 'suspended', 'banned'],
  suspended: ['active', 'inactive', 'banned'],
  banned: ['inactive'],
};

/** What many users can be told to do at once, the state that it leads to, and the API's word for it. */
export const BULK_VERBS: readonly (readonly [Schemas['BulkVerb'], State | undefined])[] = [
  ['activate', 'active'],
  ['hold', 'hold'],
  ['deactivate', 'inactive'],
  ['suspend', 'suspended'],
  ['ban', 'banned'],
  ['unlock', undefined],
];
