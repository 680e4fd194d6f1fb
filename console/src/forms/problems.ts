/** From the server's problem to the form's fields. */
import { ApiError } from '@tenantry/sdk';

/** What a problem says about a form. */
export interface FormProblems {
  /** By field. */
  fields: Record<string, string>;
  /** What concerns no field that is shown. */
  rest: string[];
}

/** The field that a JSON pointer (`#/name`, `#/permissions/0`) leads to. */
export function fieldOf(pointer: string): string | undefined {
  const [, name] = /^#\/([^/]+)/.exec(pointer) ?? [];
  return name?.replaceAll('~1', '/').replaceAll('~0', '~');
}

/** Sort the problem's parts by the fields that the form shows. */
export function sortProblems(
  error: ApiError,
  names: readonly string[],
  fieldFor: (pointer: string) => string | undefined = fieldOf,
): FormProblems {
  const sorted: FormProblems = { fields: {}, rest: [] };
  for (const { pointer, detail } of error.errors) {
    const name = fieldFor(pointer);
    if (name !== undefined && names.includes(name)) {
      sorted.fields[name] ??= detail;
    } else {
      sorted.rest.push(`${pointer}: ${detail}`);
    }
  }
  return sorted;
}

/** Whether an error says where it hurts. */
export function hasFields(error: unknown): error is ApiError {
  return error instanceof ApiError && error.errors.length > 0;
}
