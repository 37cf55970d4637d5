import type { MapEntry, SourceNode } from './source-node.ts';

export interface JsonTree {
  readonly root: SourceNode;
  /** How many nodes it has. */
  readonly size: number;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LITERALS: Readonly<Record<string, boolean | null>> = { true: true, false: false, null: null };
const SPACE = /[ \t\n\r]*/y;
// oxlint-disable-next-line no-control-regex -- JSON has none of them in a text
const PLAIN_STRING = /"[^"\\\u0000-\u001f]*"/y;
const WORD = /(?:true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?)(?=[,\]}\s]|$)/y;

/**
 * A text that is JSON, several times faster than as the YAML that it is as well: what the store has gates serve is written
 * so, and may be some megabytes. Undefined for all that is not quite JSON, has a name twice or is nested too deep: reading
 * it as YAML says what is wrong.
 */
export function parseJson(text: string, depthMax: number): JsonTree | undefined {
  if (!/^\s*\{/.test(text)) return undefined;
  const reader = new JsonReader(text, depthMax);
  try {
    const root = reader.document();
    return { root, size: reader.size };
  } catch (error) {
    if (error instanceof NotJson) return undefined;
    throw error;
  }
}

class NotJson extends Error {}

class JsonReader {
  size = 0;
  readonly #text: string;
  readonly #depthMax: number;
  #at = 0;

  constructor(text: string, depthMax: number) {
    this.#text = text;
    this.#depthMax = depthMax;
  }

  document(): SourceNode {
    this.#space();
    const root = this.#value(1);
    this.#space();
    if (this.#at < this.#text.length) throw new NotJson();
    return root;
  }

  #value(depth: number): SourceNode {
    if (depth > this.#depthMax) throw new NotJson();
    this.size++;
    const first = this.#text[this.#at];
    if (first === '{') return this.#map(depth);
    if (first === '[') return this.#list(depth);
    return first === '"' ? this.#string() : this.#word();
  }

  #map(depth: number): SourceNode {
    const offset = this.#at++;
    const entries: MapEntry[] = [];
    const keys = new Set<string>();
    for (let more = !this.#ends('}'); more; more = this.#goesOn('}')) {
      this.#space();
      const keyOffset = this.#at;
      this.size++;
      const key = this.#quoted();
      if (keys.size === keys.add(key).size) throw new NotJson();
      this.#space();
      this.#take(':');
      this.#space();
      entries.push({ key, keyOffset, node: this.#value(depth + 1) });
    }
    return { kind: 'map', offset, entries };
  }

  #list(depth: number): SourceNode {
    const offset = this.#at++;
    const items: SourceNode[] = [];
    for (let more = !this.#ends(']'); more; more = this.#goesOn(']')) {
      this.#space();
      items.push(this.#value(depth + 1));
    }
    return { kind: 'list', offset, items };
  }

  #string(): SourceNode {
    const offset = this.#at;
    const value = this.#quoted();
    return { kind: 'scalar', offset, end: this.#at, value, text: value, plain: false };
  }

  #word(): SourceNode {
    const offset = this.#at;
    WORD.lastIndex = offset;
    const [text] = WORD.exec(this.#text) ?? [];
    if (text === undefined) throw new NotJson();
    this.#at += text.length;
    const value = Object.hasOwn(LITERALS, text) ? (LITERALS[text] ?? null) : Number(text);
    return { kind: 'scalar', offset, end: this.#at, value, text, plain: true };
  }

  /** What stands between quotes. */
  #quoted(): string {
    const start = this.#at;
    PLAIN_STRING.lastIndex = start;
    if (PLAIN_STRING.test(this.#text)) {
      this.#at = PLAIN_STRING.lastIndex;
      return this.#text.slice(start + 1, this.#at - 1);
    }
    return this.#escapedText(start);
  }

  #escapedText(start: number): string {
    if (this.#text.charCodeAt(start) !== QUOTE) throw new NotJson();
    let at = start + 1;
    while (at < this.#text.length && this.#text.charCodeAt(at) !== QUOTE) {
      at += this.#text.charCodeAt(at) === BACKSLASH ? 2 : 1;
    }
    this.#at = at + 1;
    try {
      return String(JSON.parse(this.#text.slice(start, this.#at)));
    } catch {
      throw new NotJson();
    }
  }

  #space(): void {
    SPACE.lastIndex = this.#at;
    SPACE.test(this.#text);
    this.#at = SPACE.lastIndex;
  }

  /** Whether an empty list or map ends here. */
  #ends(close: string): boolean {
    this.#space();
    if (this.#text[this.#at] !== close) return false;
    this.#at++;
    return true;
  }

  #goesOn(close: string): boolean {
    this.#space();
    const next = this.#text[this.#at++];
    if (next === ',') return true;
    if (next === close) return false;
    throw new NotJson();
  }

  #take(wanted: string): void {
    if (this.#text[this.#at++] !== wanted) throw new NotJson();
  }
}
