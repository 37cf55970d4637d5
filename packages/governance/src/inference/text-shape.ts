import type { JsonMap } from '../tree/json-tree.ts';
import { formatOf, type TextFormat } from './text-format.ts';

/** A set of values is one when so many were seen, and each so often that another is unlikely. */
const ENUM_SEEN_MIN = 20;
const ENUM_VALUES_MAX = 6;
const ENUM_EACH_MIN = 3;
const ENUM_WORD = /^[A-Za-z][A-Za-z_-]{0,30}$/;

/** What the texts at one place have in common. */
export class TextShape {
  count = 0;
  #format: TextFormat | undefined;
  /** Undefined: too many, or no words. */
  #words: Map<string, number> | undefined = new Map();

  add(text: string): void {
    const format = formatOf(text);
    if (this.count === 0) this.#format = format;
    else if (format !== this.#format) this.#format = undefined;
    this.count++;
    if (this.#words === undefined) return;
    if (!ENUM_WORD.test(text)) this.#words = undefined;
    else {
      this.#words.set(text, (this.#words.get(text) ?? 0) + 1);
      if (this.#words.size > ENUM_VALUES_MAX) this.#words = undefined;
    }
  }

  /** What goes beside `type: string`; `enum` only where it is certain. */
  schema(): { readonly format?: string; readonly enum?: readonly string[] } {
    if (this.#format !== undefined) return { format: this.#format };
    const words = this.#words;
    const certain =
      this.count >= ENUM_SEEN_MIN &&
      words !== undefined &&
      [...words.values()].every((times) => times >= ENUM_EACH_MIN);
    return certain ? { enum: [...words.keys()].toSorted() } : {};
  }
}

const INTEGER = /^-?(?:0|[1-9]\d{0,14})$/;
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?$/;
const READ_AS: readonly (readonly [type: string, holds: (text: string) => boolean])[] = [
  ['integer', (text) => INTEGER.test(text) && text !== '-0'],
  ['number', (text) => NUMBER.test(text) && !text.startsWith('-0')],
  ['boolean', (text) => text === 'true' || text === 'false'],
];

/** Of values that are always texts, but may mean something else: in paths, queries and forms. */
export class WrittenShape {
  readonly #text = new TextShape();
  #types: readonly (typeof READ_AS)[number][] = READ_AS;

  add(text: string): void {
    this.#text.add(text);
    this.#types = this.#types.filter(([, holds]) => holds(text));
  }

  schema(): JsonMap {
    const [first] = this.#types;
    return this.#text.count > 0 && first !== undefined
      ? { type: first[0] }
      : { type: 'string', ...this.#text.schema() };
  }
}
