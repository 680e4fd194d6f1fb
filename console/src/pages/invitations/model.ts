/** What an invitation can be, and a table of many. */
import type { Schemas } from '@tenantry/sdk';
import type { LineProblem } from '../../code/code-area';

/** An invitation, without its link. */
export type Invitation = Schemas['InvitationView'];

/** In the order in which they are offered. */
export const STATES = ['pending', 'accepted', 'revoked', 'expired'] as const satisfies readonly Invitation['state'][];

/** How many days a link counts, as they are offered. */
export const DAYS = ['1', '3', '7', '14', '30'] as const;

/** What an invitation is made of besides the person. */
export const TERMS = { role_ids: [] as string[], language: '', expires_in_days: '7' };

/** What is sent of them. No role chosen: the server takes `user`, where the inviter could give it. */
export function termsOf(values: typeof TERMS) {
  return {
    role_ids: values.role_ids.length > 0 ? values.role_ids : null,
    ...(values.language && { language: values.language as Schemas['Language'] }),
    expires_in_days: Number(values.expires_in_days),
  };
}

/** A row of a table, as it stands in the text. */
export interface Row {
  /** From 1. */
  line: number;
  cells: readonly string[];
  text: string;
}

/** The rows of a CSV text (RFC 4180), the head first. Empty lines are no rows, for the server neither. */
export function rowsOf(text: string): Row[] {
  const rows: Row[] = [];
  let [cells, cell, isQuoted, start, line, startLine] = [[] as string[], '', false, 0, 1, 1];
  const end = (at: number) => {
    const source = text.slice(start, at).replace(/\r$/, '');
    if (source.trim() !== '') {
      rows.push({ line: startLine, cells: [...cells, cell].map((each) => each.trim()), text: source });
    }
    [cells, cell, start, startLine] = [[], '', at + 1, line];
  };
  for (let at = 0; at < text.length; at += 1) {
    const letter = text[at] as string;
    if (letter === '\n') {
      line += 1;
    }
    if (letter === '"' && isQuoted && text[at + 1] === '"') {
      cell += letter;
      at += 1;
    } else if (letter === '"' && (isQuoted || cell.trim() === '')) {
      isQuoted = !isQuoted;
    } else if (letter === ',' && !isQuoted) {
      [cells, cell] = [[...cells, cell], ''];
    } else if (letter === '\n' && !isQuoted) {
      end(at);
    } else {
      cell += letter;
    }
  }
  end(text.length);
  return rows;
}

/** What became of a row. */
export interface Outcome {
  /** From 1, the head not counted. */
  row: number;
  email: string;
  /** Absent when the person is invited. */
  code?: string;
  detail?: string;
}

/** The rows of the answer, in the order of the table. */
export function outcomesOf(text: string, { invited, failed }: Schemas['BulkInvited']): Outcome[] {
  const [head, ...rows] = rowsOf(text);
  const column = head?.cells.indexOf('email') ?? -1;
  const refused = failed.map(({ row, code, errors }) => ({
    row,
    email: rows[row - 1]?.cells[column] ?? '',
    code,
    detail: errors.map(({ detail }) => detail).join('; '),
  }));
  return [...invited.map(({ row, email }) => ({ row, email })), ...refused].sort((one, other) => one.row - other.row);
}

/** The table without the rows that were good: what is left to mend. */
export function leftOver(text: string, { failed }: Schemas['BulkInvited']): string {
  const [head, ...rows] = rowsOf(text);
  const left = failed.map(({ row }) => rows[row - 1]?.text ?? '').filter(Boolean);
  return head && left.length > 0 ? `${[head.text, ...left].join('\n')}\n` : '';
}

/** What is plainly wrong with a table before it is sent: the head, and how many rows there are. */
export function tableProblem(
  text: string,
): { key: 'noHead' | 'column' | 'noRows' | 'rows'; name?: string } | undefined {
  const [head, ...rows] = rowsOf(text.replace(/^\uFEFF/, ''));
  if (!head?.cells.includes('email')) {
    return { key: 'noHead' };
  }
  const unknown = head.cells.find((name) => !['email', 'first_name', 'last_name'].includes(name));
  if (unknown !== undefined) {
    return { key: 'column', name: unknown };
  }
  if (rows.length === 0) {
    return { key: 'noRows' };
  }
  return rows.length > MOST_ROWS ? { key: 'rows' } : undefined;
}

/** How many people one table may have. */
export const MOST_ROWS = 200;

/** The places of what failed, for the editor. */
export function problemsAt(text: string, outcomes: readonly Outcome[], say: (one: Outcome) => string): LineProblem[] {
  const [, ...rows] = rowsOf(text);
  return outcomes.filter(({ code }) => code).map((one) => ({ line: rows[one.row - 1]?.line, detail: say(one) }));
}
