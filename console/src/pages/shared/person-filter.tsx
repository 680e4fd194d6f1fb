/** A filter of lists: one person, found by name or address. */
import type { Filter } from '../../templates/list-model';
import { PersonPicker } from './person-picker';

/** The filter; its value is the person's id. */
export function personFilter(id: string, label: string): Filter {
  return {
    id,
    label,
    kind: 'own',
    control: (value, commit) => (
      <PersonPicker key={id} id={`filter-${id}`} label={label} value={value} onChange={commit} isCompact />
    ),
  };
}
