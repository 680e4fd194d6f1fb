/** Reads JSON and remembers where each value stands, so that a problem at a JSON pointer (RFC 6901) can be shown at its line. */

/** A text that is no JSON: where, and why. */
export interface SyntaxProblem {
  line: number;
  /** What was met; nothing at the end of the text. */
  found: string;
}

/** What a text says. */
export interface JsonReading {
  value?: unknown;
  problem?: SyntaxProblem;
  /** The line, from 1, of the value (or the member) at each pointer: `#/rules/conditions/0`. */
  lines: ReadonlyMap<string, number>;
}

class Stop extends Error {
  constructor(readonly at: number) {
    super('not JSON');
  }
}

const escaped = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');

const SCALAR = /^(?:"(?:[^"\\]|\\.)*"|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)/;

class Reader {
  readonly lines = new Map<string, number>();
  #at = 0;

  constructor(readonly text: string) {}

  read(): unknown {
    const value = this.#value('#');
    this.#space();
    if (this.#at < this.text.length) {
      throw new Stop(this.#at);
    }
    return value;
  }

  #space(): void {
    while (/[ \t\r\n]/.test(this.text[this.#at] ?? '')) {
      this.#at += 1;
    }
  }

  #line(): number {
    return lineAt(this.text, this.#at);
  }

  #take(sign: string): void {
    if (!this.#takes(sign)) {
      throw new Stop(this.#at);
    }
  }

  #takes(sign: string): boolean {
    this.#space();
    if (this.text[this.#at] !== sign) {
      return false;
    }
    this.#at += 1;
    return true;
  }

  #value(pointer: string): unknown {
    this.#space();
    if (!this.lines.has(pointer)) {
      this.lines.set(pointer, this.#line());
    }
    if (this.#takes('{')) {
      return this.#members(pointer);
    }
    return this.#takes('[') ? this.#items(pointer) : this.#scalar();
  }

  #members(pointer: string): Record<string, unknown> {
    const members: Record<string, unknown> = {};
    if (this.#takes('}')) {
      return members;
    }
    do {
      this.#space();
      const line = this.#line();
      const start = this.#at;
      const name = this.#scalar();
      if (typeof name !== 'string') {
        throw new Stop(start);
      }
      this.#take(':');
      const place = `${pointer}/${escaped(name)}`;
      this.lines.set(place, line);
      Object.defineProperty(members, name, { value: this.#value(place), enumerable: true, configurable: true });
    } while (this.#takes(','));
    this.#take('}');
    return members;
  }

  #items(pointer: string): unknown[] {
    const items: unknown[] = [];
    if (this.#takes(']')) {
      return items;
    }
    do {
      items.push(this.#value(`${pointer}/${items.length}`));
    } while (this.#takes(','));
    this.#take(']');
    return items;
  }

  #scalar(): unknown {
    const [token] = SCALAR.exec(this.text.slice(this.#at)) ?? [];
    try {
      const value = JSON.parse(token ?? '') as unknown;
      this.#at += token?.length ?? 0;
      return value;
    } catch {
      throw new Stop(this.#at);
    }
  }
}

/** The line, from 1, of a position. */
export function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}

/** Read a text. */
export function readJson(text: string): JsonReading {
  const reader = new Reader(text);
  try {
    return { value: reader.read(), lines: reader.lines };
  } catch (error) {
    if (!(error instanceof Stop)) {
      throw error;
    }
    const found = /^\S{1,12}/.exec(text.slice(error.at))?.[0] ?? '';
    return { problem: { line: lineAt(text, error.at), found }, lines: reader.lines };
  }
}

/** The line of a pointer, or of the nearest place around it that the text has. */
export function lineOf(lines: ReadonlyMap<string, number>, pointer: string): number {
  for (let place = pointer; place.includes('/'); place = place.slice(0, place.lastIndexOf('/'))) {
    const line = lines.get(place);
    if (line !== undefined) {
      return line;
    }
  }
  return lines.get('#') ?? 1;
}
