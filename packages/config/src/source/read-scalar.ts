import { quote, suggestion } from '../problems/nearest.ts';
import { substitute } from './environment.ts';
import { called, INVALID, type Reading, type Spot } from './reading.ts';
import { found, wanted } from './words.ts';
import type { ScalarNode, SourceNode } from './source-node.ts';
import type { SchemaView } from './schema-view.ts';

export interface ScalarValue {
  readonly value: string | number | boolean | null;
  /** The value as a text: a plain `1.0` is still `1.0` where a text is wanted. */
  readonly text: string;
  readonly substituted: boolean;
}

/** With variables put in; `undefined` and a problem where one is not set. */
export function resolveScalar(node: ScalarNode, spot: Spot, reading: Reading): ScalarValue | undefined {
  if (typeof node.value !== 'string') return { value: node.value, text: node.text, substituted: false };
  const { text, substituted, problems } = substitute(node.value, reading.environment);
  for (const { message } of problems) reading.report.problem({ offset: node.offset, path: spot.path }, message);
  return problems.length > 0 ? undefined : { value: text, text, substituted };
}

export function readScalar(node: SourceNode, schema: SchemaView, where: { spot: Spot; reading: Reading }): unknown {
  const { spot, reading } = where;
  const place = { offset: node.offset, path: spot.path };
  const wrong = (what: string): typeof INVALID => {
    reading.report.problem(place, `${called(spot)} ${what}`);
    return INVALID;
  };
  if (node.kind !== 'scalar') return wrong(`is ${found(node)}, write ${wanted(schema)}`);
  const scalar = resolveScalar(node, spot, reading);
  if (scalar === undefined) return INVALID;
  const value = convert(scalar, schema.type);
  if (value === undefined) return wrong(`is ${found(node)}, write ${wanted(schema)}`);
  const problem = typeof value === 'string' ? textProblem(value, schema) : numberProblem(value, schema);
  return problem === undefined ? value : wrong(problem);
}

/** One of the listed values, whatever types they have. */
export function readListed(
  node: SourceNode,
  values: readonly unknown[],
  { spot, reading }: { readonly spot: Spot; readonly reading: Reading },
): unknown {
  const place = { offset: node.offset, path: spot.path };
  const scalar = node.kind === 'scalar' ? resolveScalar(node, spot, reading) : undefined;
  if (node.kind === 'scalar' && scalar === undefined) return INVALID;
  const value = values.find((listed) => scalar !== undefined && (listed === scalar.value || fits(listed, scalar)));
  if (value !== undefined) return value;
  const one = wanted({ enum: values });
  reading.report.problem(place, () => {
    if (node.kind !== 'scalar' || node.value === null) return `${called(spot)} is ${found(node)}, write ${one}`;
    const hint = scalar?.substituted === true ? `write ${one}` : suggestion(node.text, values.map(String));
    return `${quote(node.text)} is no value of ${called(spot)}, ${hint}`;
  });
  return INVALID;
}

/** `"502"` from a variable is the number 502; a plain 1 is the text "1" where the list has texts. */
function fits(listed: unknown, { value, text, substituted }: ScalarValue): boolean {
  return (substituted || typeof value !== 'string') && value !== null && String(listed) === text;
}

function convert(
  { value, text, substituted }: ScalarValue,
  type: SchemaView['type'],
): string | number | boolean | undefined {
  if (value === null) return undefined;
  if (type === 'string') return text;
  if (type === 'boolean') {
    if (substituted) return text === 'true' ? true : text === 'false' ? false : undefined;
    return typeof value === 'boolean' ? value : undefined;
  }
  if (substituted) return /^-?\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined;
  return typeof value === 'number' ? value : undefined;
}

/** Why a text does not satisfy its schema, as the predicate of a sentence. */
export function textProblem(text: string, schema: SchemaView): string | undefined {
  if (text.length < (schema.minLength ?? 0)) {
    return text === ''
      ? `is empty, write ${wanted(schema)}`
      : `is too short, write at least ${schema.minLength} characters`;
  }
  if (text.length > (schema.maxLength ?? Infinity)) return `is too long, write at most ${schema.maxLength} characters`;
  const refused = refinementProblem(text, schema);
  if (refused !== undefined) return refused;
  if (schema.pattern === undefined || expression(schema.pattern).test(text)) return undefined;
  return `does not have the right form, write ${wanted(schema)}`;
}

/** As TypeBox reads it. */
function expression(pattern: string | RegExp): RegExp {
  return typeof pattern === 'string' ? new RegExp(pattern, 'u') : pattern;
}

function numberProblem(value: number | boolean, schema: SchemaView): string | undefined {
  if (typeof value === 'boolean') return refinementProblem(value, schema);
  const whole = schema.type !== 'integer' || Number.isSafeInteger(value);
  const inRange =
    Number.isFinite(value) &&
    value >= (schema.minimum ?? -Infinity) &&
    value <= (schema.maximum ?? Infinity) &&
    value > (schema.exclusiveMinimum ?? -Infinity) &&
    value < (schema.exclusiveMaximum ?? Infinity);
  return whole && inRange ? refinementProblem(value, schema) : `is not possible, write ${wanted(schema)}`;
}

/** What the schema's own checks say. Their words are shown as they are, so they must not quote the value. */
export function refinementProblem(value: unknown, schema: SchemaView): string | undefined {
  return schema['~refine']?.find((refinement) => !refinement.check(value))?.error(value);
}
