import { listOf, objectOf, textOf, type JsonObject, type Path } from '../../document/json-value.ts';
import { casesOf, isCase, wordsOf } from '../case-style.ts';
import type { LintOptions } from '../options.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { hasShape, isClosedList, isNullable, isOfType, shapeOf, typesOf } from '../schema-type.ts';

const enums: Rule = {
  id: 'C12',
  severity: 'warning',
  axis: 'consistency',
  summary: 'Enums have a type, distinct values of it, and one case.',
  why: 'A value of another type or case is one that no client expects.',
  bad: 'components:\n  schemas:\n    State: { type: string, enum: [open, closed, InReview, open, 3] }\n',
  good: 'components:\n  schemas:\n    State: { type: string, enum: [open, closed, in_review] }\n',
  since: '0.1.0',
  options: ['enumCase'],
  hooks: ({ options, report }) => ({
    schema: ({ node, path, isTest }) => {
      if (isTest) return;
      for (const field of ['enum', 'x-extensible-enum']) {
        if (!Array.isArray(node[field])) continue;
        const values = listOf(node[field]);
        if (typesOf(node).length === 0 && !isComposed(node)) report('the enum has no type', path);
        for (const problem of [strange(node, values), repeated(values), mixed(values, options.enumCase)]) {
          if (problem !== undefined) report(problem, [...path, field]);
        }
      }
    },
  }),
};

function isComposed(schema: JsonObject): boolean {
  return ['allOf', 'anyOf', 'oneOf'].some((name) => schema[name] !== undefined);
}

function strange(schema: JsonObject, values: readonly unknown[]): string | undefined {
  const types = [...typesOf(schema), ...(isNullable(schema) ? ['null'] : [])];
  if (types.length === 0) return undefined;
  const found = values.find((value) => !isOfType(value, types));
  return found === undefined ? undefined : `${JSON.stringify(found)} is no ${types.join(' or ')}`;
}

function repeated(values: readonly unknown[]): string | undefined {
  const seen = new Set<string>();
  for (const value of values) {
    const key = JSON.stringify(value);
    if (seen.has(key)) return `${key} is in the enum twice`;
    seen.add(key);
  }
  return undefined;
}

/** Values that are no names (`1.0`, `en-GB`, `-created`, `text/plain`) are in no case. */
function mixed(values: readonly unknown[], style: LintOptions['enumCase']): string | undefined {
  const names = values.filter((value) => typeof value === 'string' && value !== '');
  if (!names.every((name) => typeof name === 'string' && /^[A-Za-z][A-Za-z0-9_-]*$/.test(name))) return undefined;
  const texts = names.map(String);
  // Tags of languages.
  if (texts.some((name) => /^[a-z]{2,3}-[A-Z]{2}$/.test(name))) return undefined;
  if (style !== 'any') {
    const wrong = texts.find((name) => !isCase(name, style));
    return wrong === undefined ? undefined : `\`${wrong}\` is not ${style}`;
  }
  const [first = '', ...rest] = texts;
  let common = casesOf(first);
  // A style that nobody has a name for, such as `Content-Type`.
  if (texts.every((name) => casesOf(name).length === 0)) return undefined;
  for (const name of rest) {
    const shared = casesOf(name).filter((one) => common.includes(one));
    if (shared.length === 0) return `\`${name}\` is in another case than \`${first}\``;
    common = shared;
  }
  return undefined;
}

const dates: Rule = {
  id: 'C13',
  severity: 'error',
  axis: 'consistency',
  summary: 'Points in time are text in the format of RFC 3339, and their names say so.',
  why: 'Seconds or milliseconds, which zone, day or month first: only one format leaves no question.',
  bad: 'components:\n  schemas:\n    User: { type: object, properties: { created_at: { type: integer }, birth_date: { type: string } } }\n',
  good: 'components:\n  schemas:\n    User: { type: object, properties: { created_at: { type: string, format: date-time } } }\n',
  since: '0.1.0',
  hooks: (lint) => ({
    schema: ({ node, path }) => {
      for (const [name, property] of Object.entries(objectOf(node['properties']))) {
        checkDate(lint, { name, schema: property, path: [...path, 'properties', name] });
      }
    },
    parameter: ({ node, path }) => {
      const name = textOf(node['name']);
      if (name !== undefined && node['in'] !== 'header') checkDate(lint, { name, schema: node['schema'], path });
    },
  }),
};

interface Named {
  readonly name: string;
  readonly schema: unknown;
  readonly path: Path;
}

const RFC_3339 = new Set(['date', 'date-time', 'time', 'duration']);
const OTHER_FORMATS =
  /^(?:date_?time|timestamp|(?:unix|epoch)[-_]?(?:time|timestamp|seconds|millis(?:econds)?)?|rfc-?(?:3339|1123|2822|822)|http-date|iso-?8601|(?:dd|mm|yyyy)[-/.].*)$/i;

function checkDate({ resolve, report }: RuleContext, { name, schema, path }: Named): void {
  const node = resolve(schema);
  if (node === undefined || isClosedList(node) || isComposed(node)) return;
  const format = textOf(node['format']);
  if (format !== undefined && OTHER_FORMATS.test(format)) {
    report(`\`${format}\` is no format of RFC 3339; use \`date-time\` or \`date\``, path);
  } else if (format === 'date-time') {
    if (!saysTime(wordsOf(name)))
      report(`\`${name}\` is a point in time; name it \`${asTime(name)}\``, path, 'warning');
  } else if (namesDate(wordsOf(name)) && isDateless(node, wordsOf(name))) {
    report(`\`${name}\` needs \`type: string\` and \`format: date-time\` or \`date\``, path);
  }
}

function asTime(name: string): string {
  return /[A-Z]/.test(name) ? `${name}At` : `${name}_at`;
}

/** What tells that a name is a point in time. */
const TIME_WORDS = new Set(
  (
    'at time date datetime timestamp day on since until from to before after start end deadline due expiry expiration ' +
    'expires birthday dob sunset begin last first next lte gte lt gt when instant ts'
  ).split(' '),
);

function saysTime(words: readonly string[]): boolean {
  return words.some((word) => TIME_WORDS.has(word) || word.endsWith('date') || word.endsWith('time'));
}

/** What can hardly be anything else than a point in time. */
function namesDate(words: readonly string[]): boolean {
  const last = words.at(-1) ?? '';
  if (['date', 'datetime', 'timestamp'].includes(last)) return true;
  const before = words.at(-2) ?? '';
  if (last === 'at') return /(?:ed|en|sent|paid|sold|seen|run|built|held|made)$/.test(before);
  return last === 'time' && /^(?:create|update|delete|expire|start|end|begin|modified|created|updated)d?$/.test(before);
}

function isDateless(schema: JsonObject, words: readonly string[]): boolean {
  const shape = shapeOf(schema);
  if (shape.includes('integer') || shape.includes('number')) return words.at(-1) !== 'time';
  return shape.includes('string') && !RFC_3339.has(textOf(schema['format']) ?? '') && schema['pattern'] === undefined;
}

const numbers: Rule = {
  id: 'C14',
  severity: 'warning',
  axis: 'consistency',
  summary: 'Numbers carry a format.',
  why: 'Without one, a generated client picks a width, and large ids or exact amounts are cut in silence.',
  bad: 'components:\n  schemas:\n    Count: { type: integer }\n',
  good: 'components:\n  schemas:\n    Count: { type: integer, format: int64 }\n',
  since: '0.1.0',
  hooks: ({ report }) => ({
    schema: ({ node, path, isTest }) => {
      if (isTest) return;
      const type = shapeOf(node).find((name) => name === 'integer' || name === 'number');
      if (type === undefined || node['format'] !== undefined || isClosedList(node)) return;
      const formats = type === 'integer' ? '`int32` or `int64`' : '`float`, `double` or `decimal`';
      report(`the ${type} has no format; ${formats}?`, path);
    },
  }),
};

interface Standard {
  readonly words: ReadonlySet<string>;
  readonly asks: string;
}

const CODES: readonly Standard[] = [
  { words: new Set(['currency']), asks: 'a code of ISO 4217: `format: iso-4217`, or a pattern or enum' },
  { words: new Set(['country']), asks: 'a code of ISO 3166: `format: iso-3166`, or a pattern or enum' },
  { words: new Set(['language', 'locale']), asks: 'a tag of BCP 47: `format: bcp47`, or a pattern or enum' },
];
const MONEY = new Set(['price', 'amount', 'fee', 'cost', 'balance', 'subtotal', 'salary']);

const standards: Rule = {
  id: 'C15',
  severity: 'warning',
  axis: 'consistency',
  summary: 'Money, currencies, countries and languages have their standard types.',
  why: 'A float loses cents, and free text for a country is written in as many ways as there are callers.',
  bad: 'components:\n  schemas:\n    Order: { type: object, properties: { price: { type: number, format: double }, currency: { type: string } } }\n',
  good: 'components:\n  schemas:\n    Order: { type: object, properties: { price: { type: string, format: decimal }, currency: { type: string, pattern: "^[A-Z]{3}$" } } }\n',
  since: '0.1.0',
  hooks: (lint) => ({
    schema: ({ node, path }) => {
      for (const [name, schema] of Object.entries(objectOf(node['properties']))) {
        checkStandard(lint, { name, schema, path: [...path, 'properties', name] });
      }
    },
    parameter: ({ node, path }) => {
      checkStandard(lint, { name: textOf(node['name']) ?? '', schema: node['schema'], path });
    },
  }),
};

function checkStandard({ resolve, report }: RuleContext, { name, schema, path }: Named): void {
  const node = resolve(schema);
  const words = wordsOf(name);
  const thing = words.at(-1) === 'code' ? words.at(-2) : words.at(-1);
  if (node === undefined || thing === undefined) return;
  const standard = CODES.find((one) => one.words.has(thing));
  if (standard !== undefined && hasShape(node, 'string') && isFreeText(node)) {
    report(`\`${name}\` needs ${standard.asks}`, path);
  }
  if (MONEY.has(thing) && hasShape(node, 'number') && node['format'] !== 'decimal') {
    report(`\`${name}\` is a fraction in binary; use whole minor units, or text with \`format: decimal\``, path);
  }
}

function isFreeText(schema: JsonObject): boolean {
  if (isClosedList(schema) || isComposed(schema)) return false;
  return schema['format'] === undefined && schema['pattern'] === undefined;
}

const nullables: Rule = {
  id: 'C22',
  severity: 'warning',
  axis: 'consistency',
  summary: 'Booleans and arrays are never null.',
  why: 'A third truth value, or a list that is not even empty, is a case that callers forget.',
  bad: 'components:\n  schemas:\n    User: { type: object, properties: { active: { type: [boolean, "null"] } } }\n',
  good: 'components:\n  schemas:\n    User: { type: object, properties: { active: { type: boolean }, name: { type: [string, "null"] } } }\n',
  since: '0.1.0',
  hooks: ({ report, resolve }) => ({
    schema: ({ node, path }) => {
      const kind = ['boolean', 'array'].find((type) => typesOf(node).includes(type));
      if (kind !== undefined && isNullable(node)) report(said(kind), path);
      const [only, ...others] = listOf(node['allOf']);
      // In 3.0, `nullable` cannot stand beside a reference.
      if (kind === undefined && others.length === 0 && node['nullable'] === true) {
        const meant = ['boolean', 'array'].find((type) => typesOf(objectOf(resolve(only))).includes(type));
        if (meant !== undefined) report(said(meant), path);
      }
      for (const field of ['anyOf', 'oneOf']) {
        const members = listOf(node[field]).map((member) => objectOf(resolve(member)));
        const beside = ['boolean', 'array'].find((type) => members.some((member) => typesOf(member).includes(type)));
        const orNull = members.some((member) => typesOf(member).join() === 'null');
        if (beside !== undefined && orNull) report(said(beside), path);
      }
    },
  }),
};

function said(kind: string): string {
  return kind === 'array' ? 'the array may be null; an empty one says as much' : 'the boolean may be null; use an enum';
}

export const VALUE_RULES: readonly Rule[] = [enums, dates, numbers, standards, nullables];
