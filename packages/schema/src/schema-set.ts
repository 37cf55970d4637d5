import { LinearPattern } from './linear-pattern.ts';
import { Examination, TooComplex, type Finding } from './examination.ts';
import { arrayChecks, objectChecks } from './container-checks.ts';
import { isObject, type Check, type SchemaSetOptions } from './check.ts';
import type { JsonType, PlanSchema, PlanSchemaObject } from './plan-schema.ts';
import { scalarChecks } from './scalar-checks.ts';
import { typeOfValue, typesOf } from './schema-types.ts';

const FINDINGS_MAX = 20;

/**
 * The schemas of a plan as functions. Our own, since the alternatives come at a price in each worker and on each call:
 * Ajv (1 MB of code) stops at the first mistake or lists all of them without an end, and generates JavaScript; neither
 * keeps a caller from choosing a text that its regular expressions never come to the end of. Tests hold it against Ajv.
 */
export class SchemaSet {
  readonly schemas: readonly PlanSchema[];
  readonly options: SchemaSetOptions;
  /** Somebody asks what nobody has looked at. */
  readonly tracks: boolean;
  readonly #referred: (Check | undefined)[] = [];
  readonly #compiled = new Map<PlanSchema, Check>();
  readonly #patterns = new Map<string, LinearPattern>();

  constructor(schemas: readonly PlanSchema[], options: SchemaSetOptions & { readonly tracks: boolean }) {
    this.schemas = schemas;
    this.options = options;
    this.tracks = options.tracks;
  }

  /** What is wrong with a value; nothing: it fits. */
  findings(schema: PlanSchema, value: unknown): readonly Finding[] {
    const examination = new Examination({ max: FINDINGS_MAX, tracks: this.tracks });
    try {
      if (this.check(schema)(value, examination)) return [];
    } catch (error) {
      // Schemas in schemas, at each level of a deep value, may also be more than the stack holds.
      if (!(error instanceof TooComplex || error instanceof RangeError)) throw error;
      return [{ path: '', message: 'takes too many steps to check', rule: '' }];
    }
    return examination.findings.length > 0
      ? examination.findings
      : [{ path: '', message: 'does not fit its schema', rule: '' }];
  }

  check(schema: PlanSchema): Check {
    if (schema === true) return () => true;
    if (schema === false) return (_value, examination) => examination.fail('is not allowed here', 'false');
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
    const check = this.#compile(schema);
    this.#compiled.set(schema, check);
    return check;
  }

  pattern(source: string): LinearPattern {
    const known = this.#patterns.get(source) ?? new LinearPattern(source);
    this.#patterns.set(source, known);
    return known;
  }

  /** Made when it is first met: schemas refer to each other in circles. */
  #reference(number: number): Check {
    return (value, examination) => {
      const check = (this.#referred[number] ??= this.check(this.schemas[number] ?? false));
      return check(value, examination);
    };
  }

  #compile(schema: PlanSchemaObject): Check {
    const checks: Check[] = [
      ...(schema.type === undefined ? [] : [typeCheck(schema.type)]),
      ...(schema.$ref === undefined ? [] : [this.#reference(schema.$ref)]),
      ...scalarChecks(schema, this),
      ...arrayChecks(schema, this),
      ...objectChecks(schema, this),
      ...this.#combined(schema),
    ];
    const last = this.#unevaluated(schema);
    if (last.length > 0) return scoped(all([all(checks), ...last]));
    const [only, ...others] = checks;
    return only !== undefined && others.length === 0 ? only : all(checks);
  }

  #combined({ allOf, anyOf, oneOf, not, if: condition, then, else: otherwise }: PlanSchemaObject): Check[] {
    const checks = (allOf ?? []).map((each) => this.check(each));
    if (anyOf !== undefined) checks.push(this.#anyOf(anyOf));
    if (oneOf !== undefined) checks.push(this.#oneOf(oneOf));
    if (not !== undefined) {
      const inner = this.check(not);
      checks.push((value, examination) => {
        const fits = examination.tries(() => inner(value, examination));
        return !fits || examination.fail('is what it must not be', 'not');
      });
    }
    if (condition !== undefined) {
      const [is, yes, no] = [condition, then ?? true, otherwise ?? true].map((each) => this.check(each));
      checks.push((value, examination) => {
        const branch = is === undefined || examination.tries(() => is(value, examination)) ? yes : no;
        return branch === undefined || branch(value, examination);
      });
    }
    return checks;
  }

  #anyOf(schemas: readonly PlanSchema[]): Check {
    const branches = this.#branches(schemas);
    return (value, examination) => {
      let fits = false;
      for (const { check } of branches) {
        if (!examination.tries(() => check(value, examination))) continue;
        fits = true;
        if (!this.tracks) break;
      }
      return fits || tellWhy(branches, value, examination);
    };
  }

  #oneOf(schemas: readonly PlanSchema[]): Check {
    const branches = this.#branches(schemas);
    return (value, examination) => {
      let fitting = 0;
      for (const { check } of branches) {
        if (examination.tries(() => check(value, examination))) fitting++;
        if (fitting > 1) return examination.fail('fits more than one of what is allowed here', 'oneOf');
      }
      return fitting === 1 || tellWhy(branches, value, examination);
    };
  }

  #branches(schemas: readonly PlanSchema[]): readonly Branch[] {
    return schemas.map((schema) => ({ check: this.check(schema), types: typesOf(schema, this.schemas) }));
  }

  #unevaluated({ unevaluatedProperties, unevaluatedItems }: PlanSchemaObject): Check[] {
    const checks: Check[] = [];
    if (unevaluatedProperties !== undefined) {
      const inner = this.check(unevaluatedProperties);
      checks.push((value, examination) => isObject(value) && rest(Object.keys(value), value, { inner, examination }));
      checks.push(loose(checks.pop(), isObject));
    }
    if (unevaluatedItems !== undefined) {
      const inner = this.check(unevaluatedItems);
      checks.push(
        (value, examination) => !Array.isArray(value) || rest([...value.keys()], value, { inner, examination }),
      );
    }
    return checks;
  }
}

interface Branch {
  readonly check: Check;
  readonly types: ReadonlySet<JsonType> | undefined;
}

/** Where only one could have been meant, as of a text or null, its own words are told. */
function tellWhy(branches: readonly Branch[], value: unknown, examination: Examination): false {
  if (examination.isSettled) return false;
  const meant = branches.filter(({ types }) => types === undefined || isOneOf(value, types));
  const [only, ...others] = meant;
  if (only === undefined || others.length > 0) return examination.fail('is none of what is allowed here', 'anyOf');
  return only.check(value, examination) ? examination.fail('is none of what is allowed here', 'anyOf') : false;
}

function all(checks: readonly Check[]): Check {
  return (value, examination) => {
    examination.step();
    let fits = true;
    for (const check of checks) {
      if (check(value, examination)) continue;
      fits = false;
      if (examination.isSettled) return false;
    }
    return fits;
  };
}

/** What was looked at is counted anew for a schema that asks; afterwards for those around it too. */
function scoped(check: Check): Check {
  return (value, examination) => {
    const outer = examination.seen;
    examination.seen = new Set();
    const fits = check(value, examination);
    for (const key of examination.seen) outer?.add(key);
    examination.seen = outer;
    return fits;
  };
}

interface Rest {
  readonly inner: Check;
  readonly examination: Examination;
}

function rest(keys: readonly (string | number)[], value: object, { inner, examination }: Rest): boolean {
  let fits = true;
  for (const key of keys) {
    if (examination.seen?.has(key) === true) continue;
    const part: unknown = Reflect.get(value, key);
    if (examination.at(key, () => inner(part, examination))) continue;
    fits = false;
    if (examination.isSettled) return false;
  }
  return fits;
}

/** Holds for whatever the check is not for. */
function loose(check: Check | undefined, isFor: (value: unknown) => boolean): Check {
  return (value, examination) => check === undefined || !isFor(value) || check(value, examination);
}

function typeCheck(types: readonly JsonType[]): Check {
  const wanted = new Set(types);
  const message = `must be ${types.join(' or ')}`;
  return (value, examination) => isOneOf(value, wanted) || examination.fail(message, 'type');
}

function isOneOf(value: unknown, types: ReadonlySet<JsonType>): boolean {
  return types.has(typeOfValue(value)) || (types.has('integer') && Number.isInteger(value));
}
