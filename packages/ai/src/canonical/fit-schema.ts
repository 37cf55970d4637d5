import { isJsonFields, type Json, type JsonFields } from './json.ts';
import type { Losses } from './loss.ts';
import { respell, type KeywordLosses } from './respell-schema.ts';
import {
  COMPOSES,
  DEFINITIONS,
  KEYWORD_KINDS,
  OTHER_REFS,
  SAYS_NOTHING,
  TAKES_BOOLEAN,
  TAKES_NULL,
} from './schema-keywords.ts';
import { asSchema, SchemaRefs } from './schema-refs.ts';

export interface SchemaRule {
  /** Keywords that the target refuses: taken out wherever they stand as keywords, not as names of properties. */
  readonly drops?: readonly string[];
  /** The target knows no `$ref`: definitions are written where they are used; recursion ends in an open object. */
  readonly inlineRefs?: boolean;
  /** Every object says `additionalProperties: false` and requires all of its properties. */
  readonly closed?: boolean;
}

/**
 * A JSON Schema as the target takes it (reference T46). `null`, `{}` and a schema without a type become an object
 * without properties when `tool` is set. Each kind of keyword that was lost is named: `dropped:<where>.<keyword>`.
 */
export function fitSchema(
  schema: JsonFields | undefined,
  rule: SchemaRule,
  report: { readonly losses: Losses; readonly where: string; readonly tool: boolean },
): JsonFields {
  const root = isJsonFields(schema) ? schema : {};
  const fit = new SchemaFit(root, rule, {
    dropped: (keyword) => report.losses.add('dropped', `${report.where}.${keyword}`),
    emulated: (keyword) => report.losses.add('emulated', `${report.where}.${keyword}`),
  });
  if (!report.tool) return fit.schema(root, ROOT);
  return fit.toolSchema(fit.schema({ ...root, type: root['type'] ?? 'object' }, ROOT));
}

interface Place {
  readonly depth: number;
  /** What is being written out here: meeting one of them again is recursion. */
  readonly refs: readonly Json[];
}

const ROOT: Place = { depth: 0, refs: ['#'] };
/** Deeper than any schema that a provider takes. */
const DEPTH_MAX = 100;

class SchemaFit {
  readonly #rule: SchemaRule;
  readonly #drops: ReadonlySet<string>;
  readonly #refs: SchemaRefs;
  readonly #losses: KeywordLosses;

  constructor(root: JsonFields, rule: SchemaRule, losses: KeywordLosses) {
    this.#rule = rule;
    this.#drops = new Set([...(rule.drops ?? []), ...(rule.inlineRefs === true ? OTHER_REFS : [])]);
    this.#refs = new SchemaRefs(root);
    this.#losses = losses;
  }

  schema(schema: JsonFields, place: Place): JsonFields {
    if (place.depth > DEPTH_MAX) {
      this.#losses.dropped('nesting');
      return {};
    }
    const found = this.#rule.inlineRefs === true ? this.#inlined(schema, place) : { schema, refs: place.refs };
    const inside = { depth: place.depth + 1, refs: found.refs };
    const entries = Object.entries(respell(found.schema, this.#drops, this.#losses)).flatMap(([keyword, value]) => {
      const fitted = this.#drop(keyword, value) ? undefined : this.#value(keyword, value, inside);
      return fitted === undefined ? [] : [[keyword, fitted] as const];
    });
    const fitted: JsonFields = Object.fromEntries(entries);
    return this.#rule.closed === true ? this.#closed(fitted, place) : fitted;
  }

  /** What has to be there even if a tool takes no arguments. */
  toolSchema(fitted: JsonFields): JsonFields {
    if (!isObject(fitted) || 'properties' in fitted || this.#drops.has('properties')) return fitted;
    return COMPOSES.some((keyword) => keyword in fitted) ? fitted : { ...fitted, properties: {} };
  }

  /** The schema with what it refers to in its place; what it says itself takes precedence. */
  #inlined(schema: JsonFields, place: Place): { readonly schema: JsonFields; readonly refs: readonly Json[] } {
    let { $ref: ref, ...found } = schema;
    let { refs } = place;
    while (ref !== undefined && ref !== null) {
      const target = refs.includes(ref) ? undefined : this.#refs.target(ref);
      if (target === undefined) {
        this.#losses.dropped('$ref');
        return { schema: { type: 'object', ...found }, refs };
      }
      refs = [...refs, ref];
      const { $ref: next, ...rest } = target;
      ref = next;
      found = { ...rest, ...found };
    }
    return { schema: found, refs };
  }

  #drop(keyword: string, value: Json): boolean {
    if (value === null && !TAKES_NULL.has(keyword)) return true;
    if (this.#rule.inlineRefs === true && DEFINITIONS.has(keyword)) return true;
    if (!this.#drops.has(keyword)) return false;
    if (!SAYS_NOTHING.has(keyword)) this.#losses.dropped(keyword);
    return true;
  }

  #value(keyword: string, value: Json, place: Place): Json | undefined {
    if (keyword === 'required') return this.#required(value);
    if (keyword === 'type') return lowerCase(value);
    const kind = KEYWORD_KINDS.get(keyword);
    if (kind === undefined || (typeof value === 'boolean' && TAKES_BOOLEAN.has(keyword))) return value;
    if (kind === 'schemas-by-name') return isJsonFields(value) ? this.#byName(value, place) : value;
    // Tuples stood in `items` before they got a keyword of their own.
    if (Array.isArray(value)) return value.map((one: Json) => this.schema(asSchema(one) ?? {}, place));
    const schema = kind === 'schema' ? asSchema(value) : undefined;
    return schema === undefined ? value : this.schema(schema, place);
  }

  #byName(schemas: JsonFields, place: Place): JsonFields {
    const entries = Object.entries(schemas).map(([name, one]) => {
      // Names of properties that another one depends on.
      const fitted = Array.isArray(one) ? one : this.schema(asSchema(one) ?? {}, place);
      return [name, fitted] as const;
    });
    return Object.fromEntries(entries);
  }

  /** Once it was a flag at the property itself; targets that know lists only refuse that, and some an empty list. */
  #required(value: Json): Json | undefined {
    if (Array.isArray(value)) return value.length === 0 ? undefined : value;
    if (value === true) this.#losses.dropped('required');
    return undefined;
  }

  #closed(fitted: JsonFields, place: Place): JsonFields {
    const { properties, additionalProperties: open } = fitted;
    const names = isJsonFields(properties) ? Object.keys(properties) : [];
    if (!isObject(fitted)) return fitted;
    if (names.length === 0 && COMPOSES.some((keyword) => keyword in fitted)) return fitted;
    const wasOpen = open === undefined ? names.length === 0 && place.depth > 0 : open !== false;
    if (wasOpen) this.#losses.dropped('additionalProperties');
    const required = new Set(Array.isArray(fitted['required']) ? fitted['required'] : []);
    if (names.some((name) => !required.has(name))) this.#losses.emulated('required');
    const { required: _, ...rest } = fitted;
    return {
      ...rest,
      ...(!this.#drops.has('additionalProperties') && { additionalProperties: false }),
      ...(names.length > 0 && !this.#drops.has('required') && { required: names }),
    };
  }
}

function isObject({ type, properties }: JsonFields): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object')) || isJsonFields(properties);
}

/** Google writes the names of types in capitals. */
function lowerCase(type: Json): Json {
  if (Array.isArray(type)) return type.map(lowerCase);
  return typeof type === 'string' ? type.toLowerCase() : type;
}
