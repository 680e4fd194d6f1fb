import type { Schemas } from '@tenantry/sdk';
import type { Search } from '../../templates/list-model';

type Decision = Schemas['DecisionView'];

/** Where a decision is found again: the API lists decisions and has no address for one. */
export function whereOf({ user_id, action, decision }: Decision, cursor: string | undefined): Search {
  return { action, decision, ...(user_id && { user_id }), ...(cursor && { cursor }) };
}
