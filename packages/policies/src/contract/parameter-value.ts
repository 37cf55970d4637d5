import { formValue } from './form-value.ts';
import { jsonValue } from './json-value.ts';
import { typesOf, itemsOf, propertyNamesOf, propertyOf } from '@gatehouse/schema';
import type { PlanSchema } from '@gatehouse/schema';
import type { ParameterPlan } from './plan.ts';
import { decoded, formDecoded, type RawPair } from './query-pairs.ts';
import { valueOfText } from './value-text.ts';

/** What was sent for one parameter, still encoded: each time it stands there, or the members of an object. */
export type Sent =
  | { readonly kind: 'values'; readonly raws: readonly string[] }
  | { readonly kind: 'members'; readonly members: readonly RawPair[] };

/** A value, that there is none, or that it cannot be read. */
export type Read = { readonly value: unknown } | 'absent' | 'unreadable';

type Decode = (text: string) => string | undefined;

/** Reads a parameter by its style (OpenAPI 3.1 §4.8.12.6). */
export class ParameterReader {
  readonly plan: ParameterPlan;
  readonly #schemas: readonly PlanSchema[];
  readonly #decode: Decode;
  readonly #kind: 'array' | 'object' | 'one';

  constructor(plan: ParameterPlan, schemas: readonly PlanSchema[]) {
    this.plan = plan;
    this.#schemas = schemas;
    this.#decode = plan.in === 'query' ? formDecoded : plan.in === 'path' ? decoded : (text) => text;
    const types = typesOf(plan.schema, schemas);
    this.#kind = types?.has('array') === true ? 'array' : types?.has('object') === true ? 'object' : 'one';
  }

  /** Its members are parameters of the query by themselves. */
  get isSpread(): boolean {
    return this.#kind === 'object' && this.plan.media === undefined && this.plan.style === 'form' && this.plan.explode;
  }

  /** Names that its members may have; `a[b]` for a deep one. */
  owns(name: string): boolean {
    const { style } = this.plan;
    if (style === 'deepObject') return name.startsWith(`${this.plan.name}[`) && name.endsWith(']');
    return this.isSpread && propertyNamesOf(this.plan.schema, this.#schemas).includes(name);
  }

  read(sent: Sent): Read {
    if (sent.kind === 'members') return this.#members(sent.members);
    const [first] = sent.raws;
    if (first === undefined) return 'absent';
    if (this.plan.media !== undefined) return sent.raws.length > 1 ? 'unreadable' : this.#media(first);
    if (first === '' && sent.raws.length === 1 && this.plan.allowEmpty) return 'absent';
    if (this.#kind === 'one') {
      // Which of several an upstream would take is its own affair, so there may be one.
      return sent.raws.length > 1 ? 'unreadable' : this.#text(first, this.plan.schema);
    }
    const pieces = this.#pieces(sent.raws);
    if (pieces === undefined) return 'unreadable';
    return this.#kind === 'array' ? this.#array(pieces) : this.#object(pieces);
  }

  #text(raw: string, schema: PlanSchema): Read {
    const text = this.#decode(raw);
    return text === undefined ? 'unreadable' : { value: valueOfText(text, schema, this.#schemas) };
  }

  #media(raw: string): Read {
    const { media, schema, in: place } = this.plan;
    if (media === 'form') {
      const value = formValue(raw, schema, this.#schemas);
      return value === undefined ? 'unreadable' : { value };
    }
    const text = place === 'querystring' ? decoded(raw) : this.#decode(raw);
    if (text === undefined) return 'unreadable';
    if (media !== 'json') return { value: text };
    const found = jsonValue(Buffer.from(text));
    return 'wrong' in found ? 'unreadable' : found;
  }

  #pieces(raws: readonly string[]): readonly string[] | undefined {
    const { style, explode, in: place } = this.plan;
    if (style === 'form' && explode && place !== 'cookie') return raws;
    const [only, ...others] = raws;
    if (only === undefined || others.length > 0) return undefined;
    if (only === '') return [];
    const split = only.split(BETWEEN[style] ?? ',');
    // RFC 9110 §5.6.1: white space around the members of a list means nothing.
    return place === 'header' ? split.map((piece) => piece.trim()) : split;
  }

  #array(pieces: readonly string[]): Read {
    const items = itemsOf(this.plan.schema, this.#schemas);
    const values = pieces.map((piece) => this.#text(piece, items));
    return values.includes('unreadable')
      ? 'unreadable'
      : { value: values.map((read) => (typeof read === 'string' ? undefined : read.value)) };
  }

  /** `a,1,b,2`, or `a=1,b=2` where it is spread out. */
  #object(pieces: readonly string[]): Read {
    if (this.plan.explode) {
      const members = pieces.map((piece) => ({
        name: piece.split('=', 1)[0] ?? '',
        raw: piece.slice(piece.indexOf('=') + 1),
      }));
      return this.#members(members);
    }
    if (pieces.length % 2 !== 0) return 'unreadable';
    const members = pieces.flatMap((name, at) => (at % 2 === 0 ? [{ name, raw: pieces[at + 1] }] : []));
    return this.#members(members);
  }

  #members(members: readonly RawPair[]): Read {
    if (members.length === 0) return 'absent';
    const found = new Map<string, unknown>();
    for (const { name, raw = '' } of members) {
      const schema = propertyOf(name, this.plan.schema, this.#schemas) ?? true;
      const read = this.#text(raw, schema);
      if (typeof read === 'string' || found.has(name)) return 'unreadable';
      found.set(name, read.value);
    }
    return { value: Object.fromEntries(found) };
  }
}

const BETWEEN: Readonly<Record<string, RegExp>> = {
  spaceDelimited: /%20|\+/,
  pipeDelimited: /\||%7C/i,
};
