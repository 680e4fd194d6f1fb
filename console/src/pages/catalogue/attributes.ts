/** The attributes of a type as lines: `scheduled_time: datetime`. */
import type { Schemas } from '@tenantry/sdk';
import type { Translate } from '../../app/texts';
import { filled } from '../../forms/list-field';

type Kind = Schemas['FactKind'];

/** What policies can ask about. */
export const FACT_KINDS: readonly Kind[] = ['string', 'number', 'boolean', 'datetime', 'ip', 'strings'];

const LINE = /^([a-z][a-z0-9_]*)\s*:\s*([a-z]+)$/;

/** The lines of a type. */
export function toLines({ attributes }: Pick<Schemas['ResourceTypeView'], 'attributes'>): string[] {
  return Object.entries(attributes).map(([name, kind]) => `${name}: ${kind}`);
}

/** What the lines say. */
export function fromLines(lines: readonly string[]): Record<string, Kind> {
  const pairs = filled(lines).map((line): [string, Kind] => {
    const [, name = line, kind = 'string'] = LINE.exec(line) ?? [];
    return [name, kind as Kind];
  });
  return Object.fromEntries(pairs);
}

/** What is wrong with a line. */
export function attributeProblem(line: string, t: Translate): string | undefined {
  const kind = LINE.exec(line)?.[2];
  return FACT_KINDS.some((known) => known === kind)
    ? undefined
    : t('catalogue.attributeWrong', { kinds: FACT_KINDS.join(', ') });
}
