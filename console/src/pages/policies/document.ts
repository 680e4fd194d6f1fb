/** A policy as the editor has it: fields, and one text, which is JSON or Cedar. */
import type { FieldProblem, Schemas } from '@tenantry/sdk';
import type { LineProblem } from '../../code/code-area';
import { type JsonReading, lineOf, readJson } from '../../code/json-places';
import { fieldOf } from '../../forms/problems';

type Policy = Pick<Schemas['PolicyView'], 'name' | 'description' | 'target' | 'rules' | 'cedar'> & {
  priority?: number;
  is_enabled?: boolean | null;
};

/** The fields of the form. */
export type PolicyValues = {
  name: string;
  description: string;
  priority: string;
  is_enabled: boolean;
  kind: 'json' | 'cedar';
  json: string;
  cedar: string;
};

const EMPTY_RULES = { effect: 'allow', conditions: [] };

/** A document as text. */
export function toText(document: unknown): string {
  return JSON.stringify(document, null, 2);
}

/** The fields of a policy. */
export function toValues(policy: Policy): PolicyValues {
  const { target, rules, cedar } = policy;
  return {
    name: policy.name,
    description: policy.description ?? '',
    priority: String(policy.priority ?? 0),
    is_enabled: policy.is_enabled ?? true,
    kind: cedar ? 'cedar' : 'json',
    json: cedar ? toText({ target: { resource: '', action: '' }, rules: EMPTY_RULES }) : toText({ target, rules }),
    cedar: cedar ?? '',
  };
}

/** What a new policy begins with. */
export const EMPTY: PolicyValues = {
  ...toValues({ name: '', target: { resource: 'project', action: 'update' }, rules: EMPTY_RULES }),
  is_enabled: true,
};

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

/** The effect of rules that have no conditions. */
export function unconditionalEffect(document: unknown): 'allow' | 'deny' | undefined {
  const { effect, conditions } = asRecord(asRecord(document).rules);
  const isEmpty = conditions === undefined || (Array.isArray(conditions) && conditions.length === 0);
  return isEmpty && (effect === 'allow' || effect === 'deny') ? effect : undefined;
}

/** What the fields say, for the API. */
export function toBody(values: PolicyValues): Schemas['NewPolicy'] {
  const common = {
    name: values.name,
    description: values.description || null,
    priority: Number(values.priority) || 0,
    is_enabled: values.is_enabled,
  };
  if (values.kind === 'cedar') {
    return { ...common, cedar: values.cedar };
  }
  const { target, rules } = asRecord(readJson(values.json).value);
  return { ...common, target: target ?? null, rules: rules ?? null };
}

/** The field that shows what a pointer leads to. */
export function policyField(pointer: string): string | undefined {
  const name = fieldOf(pointer);
  return name === 'target' || name === 'rules' ? 'json' : name;
}

/** What is wrong with the JSON before anybody is asked. */
export function localProblems(
  reading: JsonReading,
  words: { syntax: (found: string) => string; other: (name: string) => string; shape: string },
): LineProblem[] {
  if (reading.problem) {
    return [{ line: reading.problem.line, detail: words.syntax(reading.problem.found) }];
  }
  if (Object.keys(asRecord(reading.value)).length === 0) {
    return [{ line: 1, detail: words.shape }];
  }
  return Object.keys(asRecord(reading.value))
    .filter((name) => name !== 'target' && name !== 'rules')
    .map((name) => ({ line: lineOf(reading.lines, `#/${name}`), detail: words.other(name) }));
}

/** The server's problems at their lines; those of other fields are left out. */
export function atLines(problems: readonly FieldProblem[], reading: JsonReading, below = '#'): LineProblem[] {
  return problems
    .filter(({ pointer }) => pointer.startsWith('#'))
    .map(({ pointer, detail }) => {
      const place = `#${pointer.slice(below.length)}`;
      return { line: lineOf(reading.lines, place), detail: `${place.slice(2) || '…'}: ${detail}` };
    });
}

/**
 * Cedar's complaints at their lines. They say what is wrong, not where: the line is the first one that has the attribute, or
 * else the word, that the complaint names.
 */
export function cedarProblems(detail: string, code: string): LineProblem[] {
  const lines = code.split('\n');
  return detail.split(/; (?=for policy )/).map((part) => {
    const [, attribute] = /attribute `([^`]+)`/.exec(part) ?? [];
    const named = [...part.matchAll(/[`']([^`']+)[`']/g)]
      .map(([, word]) => word ?? '')
      .filter((word) => word !== 'policy');
    const words = attribute ? [`.${attribute}`, attribute] : named;
    const line = words.map((word) => lines.findIndex((each) => each.includes(word)) + 1).find((found) => found > 0);
    return { line, detail: part.replace(/^for policy `policy`, /, '') };
  });
}

/** Whether a policy allows or denies. */
export function effectOf({ rules, cedar }: Pick<Policy, 'rules' | 'cedar'>): 'allow' | 'deny' {
  if (cedar) {
    const code = cedar.replace(/\/\/.*$/gm, '').replace(/@\w+\("[^"]*"\)/g, '');
    return /\bforbid\b/.test(code.split('(')[0] ?? '') ? 'deny' : 'allow';
  }
  return asRecord(rules).effect === 'deny' ? 'deny' : 'allow';
}

const words = (value: unknown) => (Array.isArray(value) ? value.join(', ') : String(value ?? '*'));

/** What a policy is about, in short. */
export function aboutOf({ target, cedar }: Pick<Policy, 'target' | 'cedar'>): string {
  if (cedar) {
    const actions = [...cedar.matchAll(/Action::"([^"]+)"/g)].map(([, name]) => name);
    return actions.length > 0 ? [...new Set(actions)].join(', ') : '*';
  }
  const { resource, action } = asRecord(target);
  return `${words(resource)} · ${words(action)}`;
}
