import { Type, type TSchema } from 'typebox';
import { describe, expect, it } from 'vitest';
import { LineIndex } from '../problems/line-index.ts';
import { formatProblem } from '../problems/problem.ts';
import { Report } from '../problems/report.ts';
import { parseSource } from './parse-source.ts';
import { readSource } from './read-source.ts';

const ENV = { NUMBER: '5', TRUE: 'true', TEXT: 'text from outside', LISTED: '502', STRUCTURE: '{ a: 1 }' };

function read(text: string, schema: TSchema): { value: unknown; problems: readonly string[] } {
  const report = new Report('f', new LineIndex(text));
  const document = parseSource(text, report);
  const result = document && readSource(document, schema, { report, environment: ENV });
  return {
    value: result?.value,
    problems: report.problems().map((problem) => `${formatProblem(problem).slice(2)} @${problem.path}`),
  };
}

const strict = { additionalProperties: false };

interface Accepted {
  readonly schema: TSchema;
  readonly text: string;
  readonly value: unknown;
}

const accepted: Readonly<Record<string, Accepted>> = {
  'takes texts': {
    schema: Type.Array(Type.String()),
    text: '[a, "b", "${TEXT}"]',
    value: ['a', 'b', 'text from outside'],
  },
  'takes a plain number for the text that was written': {
    schema: Type.Array(Type.String()),
    text: '[1.0, 0x10, true, 1e3]',
    value: ['1.0', '0x10', 'true', '1e3'],
  },
  'takes numbers': { schema: Type.Array(Type.Number()), text: '[1, -2.5, 0x10]', value: [1, -2.5, 16] },
  'takes a number from a variable': {
    schema: Type.Array(Type.Integer()),
    text: '- "${NUMBER}"\n- ${NUMBER}\n',
    value: [5, 5],
  },
  'takes true and false': {
    schema: Type.Array(Type.Boolean()),
    text: '[true, False, "${TRUE}"]',
    value: [true, false, true],
  },
  'takes a listed value': {
    schema: Type.Array(Type.Enum(['connect', 502])),
    text: '[connect, 502, "${LISTED}"]',
    value: ['connect', 502, 502],
  },
  'takes a listed text that looks like a number': { schema: Type.Enum(['1', '2']), text: '1', value: '1' },
  'takes a literal': { schema: Type.Literal(1), text: '1', value: 1 },
  'never takes a variable for structure': {
    schema: Type.Array(Type.String()),
    text: '["${STRUCTURE}"]',
    value: ['{ a: 1 }'],
  },
  'takes the branch that fits the kind': {
    schema: Type.Array(
      Type.Union([Type.String(), Type.Object({ a: Type.Number() }, strict), Type.Array(Type.Number())]),
    ),
    text: '[x, { a: 1 }, [1]]',
    value: ['x', { a: 1 }, [1]],
  },
  'takes the first branch of a kind that has no problem': {
    schema: Type.Array(Type.Union([Type.Literal('ip'), Type.Integer(), Type.String({ pattern: '^header:' })])),
    text: '[ip, 3, "header:x"]',
    value: ['ip', 3, 'header:x'],
  },
  'fills in defaults, also inside of defaults': {
    schema: Type.Object({
      a: Type.Number({ default: 1 }),
      b: Type.Object({ c: Type.String({ default: 'x' }), d: Type.Optional(Type.String()) }, { default: {} }),
      e: Type.Array(Type.String(), { default: ['y'] }),
      f: Type.Optional(Type.String()),
    }),
    text: '{}',
    value: { a: 1, b: { c: 'x' }, e: ['y'] },
  },
  'prefers what the default of a map says to the defaults inside': {
    schema: Type.Object({
      a: Type.Object({ b: Type.Number({ default: 1 }), c: Type.Number({ default: 2 }) }, { default: { b: 3 } }),
    }),
    text: '{}',
    value: { a: { b: 3, c: 2 } },
  },
  'fills in the default of an optional field': {
    schema: Type.Object({ a: Type.Optional(Type.Number({ default: 1 })) }),
    text: '{}',
    value: { a: 1 },
  },
  'takes a key with nothing behind it for an empty map or list': {
    schema: Type.Object({
      a: Type.Object({ b: Type.Number({ default: 1 }) }),
      c: Type.Array(Type.String()),
      d: Type.Record(Type.String(), Type.String()),
    }),
    text: 'a:\nc:\nd: ~\n',
    value: { a: { b: 1 }, c: [], d: {} },
  },
  'takes a map by name': {
    schema: Type.Record(Type.String(), Type.Number()),
    text: '{ a: 1, "b c": 2, constructor: 3 }',
    value: { a: 1, 'b c': 2, constructor: 3 },
  },
  'keeps a name that JavaScript treats as its own': {
    schema: Type.Record(Type.String(), Type.Number()),
    text: '__proto__: 1\n',
    value: JSON.parse('{"__proto__":1}'),
  },
  'keeps fields that an open schema does not name': {
    schema: Type.Object({ a: Type.Number() }),
    text: '{ a: 1, b: [x, { c: 2 }] }',
    value: { a: 1, b: ['x', { c: 2 }] },
  },
  'reads additional fields by their schema': {
    schema: Type.Object({}, { additionalProperties: Type.Number() }),
    text: '{ a: "${NUMBER}" }',
    value: { a: 5 },
  },
  'takes what no schema describes as it stands': {
    schema: Type.Unknown(),
    text: '{ a: [1, ~, "${TEXT}"] }',
    value: { a: [1, null, 'text from outside'] },
  },
  'leaves keywords that it does not know to TypeBox': {
    schema: Type.Intersect([Type.Object({ a: Type.Number() }), Type.Object({ b: Type.Number() })]),
    text: '{ a: 1, b: 2 }',
    value: { a: 1, b: 2 },
  },
  'uses an anchor under two schemas': {
    schema: Type.Object({ a: Type.Array(Type.String()), b: Type.Array(Type.Number()) }),
    text: 'a: &x [1, 2]\nb: *x\n',
    value: { a: ['1', '2'], b: [1, 2] },
  },
};

interface Refused {
  readonly schema: TSchema;
  readonly text: string;
  readonly problems: readonly string[];
}

const refused: Readonly<Record<string, Refused>> = {
  'tells what stands there instead of a text': {
    schema: Type.Array(Type.String()),
    text: '[[], {}, ~]',
    problems: [
      '1:2: `[0]` is a list, write a text @[0]',
      '1:6: `[1]` is a map, write a text @[1]',
      '1:10: `[2]` is empty, write a text @[2]',
    ],
  },
  'tells what stands there instead of a number': {
    schema: Type.Object({ a: Type.Integer(), b: Type.Number(), c: Type.Number() }),
    text: 'a: "5"\nb: true\nc: "${TEXT}"\n',
    problems: [
      '1:4: `a` is a text, write a whole number @a',
      '2:4: `b` is a boolean, write a number @b',
      '3:4: `c` is a text, write a number @c',
    ],
  },
  'tells what stands there instead of true or false': {
    schema: Type.Object({ a: Type.Boolean(), b: Type.Boolean() }),
    text: 'a: yes\nb: 1\n',
    problems: ['1:4: `a` is a text, write true or false @a', '2:4: `b` is a number, write true or false @b'],
  },
  'tells what stands there instead of a map or a list': {
    schema: Type.Object({ a: Type.Object({}), b: Type.Array(Type.String()), c: Type.Array(Type.String()) }),
    text: 'a: 1\nb: x\nc: {}\n',
    problems: [
      '1:4: `a` is a number, write a map @a',
      '2:4: `b` is a text, write a list @b',
      '3:4: `c` is a map, write a list @c',
    ],
  },
  'tells the bounds of a number': {
    schema: Type.Array(
      Type.Union([
        Type.Object({ a: Type.Integer({ minimum: 1, maximum: 9 }) }),
        Type.Array(Type.Number({ exclusiveMinimum: 0 })),
      ]),
    ),
    text: '[{ a: 0 }, { a: 10 }, { a: 1.5 }, [0], [.inf], [.nan]]',
    problems: [
      '1:7: `a` is not possible, write a whole number from 1 to 9 @[0].a',
      '1:17: `a` is not possible, write a whole number from 1 to 9 @[1].a',
      '1:28: `a` is not possible, write a whole number from 1 to 9 @[2].a',
      '1:36: `[3][0]` is not possible, write a number above 0 @[3][0]',
      '1:41: `[4][0]` is not possible, write a number above 0 @[4][0]',
      '1:49: `[5][0]` is not possible, write a number above 0 @[5][0]',
    ],
  },
  'tells the length and the form of a text': {
    schema: Type.Object({
      a: Type.String({ minLength: 1 }),
      b: Type.String({ minLength: 3 }),
      c: Type.String({ maxLength: 2 }),
      d: Type.String({ pattern: '^x', examples: ['xyz'] }),
      e: Type.String({ pattern: '^x' }),
    }),
    text: 'a: ""\nb: ab\nc: abc\nd: y\ne: y\n',
    problems: [
      '1:4: `a` is empty, write a text @a',
      '2:4: `b` is too short, write at least 3 characters @b',
      '3:4: `c` is too long, write at most 2 characters @c',
      '4:4: `d` does not have the right form, write a text such as xyz @d',
      '5:4: `e` does not have the right form, write a text that matches ^x @e',
    ],
  },
  'finds the listed value that was meant': {
    schema: Type.Object({ a: Type.Enum(['open', 'closed']), b: Type.Union([Type.Literal('on'), Type.Literal('off')]) }),
    text: 'a: clsed\nb: ~\n',
    problems: [
      '1:4: `clsed` is no value of `a`, did you mean `closed`? @a',
      '2:4: `b` is empty, write one of on, off @b',
    ],
  },
  'tells the only value of a literal': {
    schema: Type.Object({ a: Type.Literal(1) }),
    text: 'a: 2',
    problems: ['1:4: `2` is no value of `a`, write `1` @a'],
  },
  'finds the field that was meant': {
    schema: Type.Object({ path: Type.String(), method: Type.String() }, strict),
    text: 'path: x\nmehtod: GET\n',
    problems: [
      '1:1: `method` is missing in the file, write a text @method',
      '2:1: unknown field `mehtod`, did you mean `method`? @mehtod',
    ],
  },
  'names the fields there are': {
    schema: Type.Object({ a: Type.Optional(Type.String()), b: Type.Optional(Type.String()) }, strict),
    text: '{ zzz: 1 }',
    problems: ['1:3: unknown field `zzz`, write one of `a`, `b` @zzz'],
  },
  'tells the form of a key': {
    schema: Type.Record(Type.String({ pattern: '^[a-z]+$' }), Type.Number(), strict),
    text: '{ A: 1 }',
    problems: ['1:3: `A` is not possible here, write a name that matches ^[a-z]+$ @A'],
  },
  'points at the key of a map that lacks a field': {
    schema: Type.Object({ svc: Type.Object({ url: Type.String() }) }),
    text: 'svc:\n  \n',
    problems: ['1:1: `url` is missing in `svc`, write a text @svc.url'],
  },
  'tells how many there must be': {
    schema: Type.Object({
      a: Type.Array(Type.String(), { minItems: 1 }),
      b: Type.Array(Type.String(), { maxItems: 1 }),
      c: Type.Record(Type.String(), Type.String(), { minProperties: 1 }),
      d: Type.Record(Type.String(), Type.String(), { maxProperties: 1 }),
    }),
    text: 'a: []\nb: [x, y]\nc: {}\nd: { x: x, y: y }\n',
    problems: [
      '1:1: `a` has too few items, write at least 1: a text @a',
      '2:1: `b` has too many items, write at most 1 @b',
      '3:1: `c` holds too little, write at least 1 entry @c',
      '4:1: `d` holds too much, write at most 1 entry @d',
    ],
  },
  'points at the second of two that are the same': {
    schema: Type.Array(Type.String(), { uniqueItems: true }),
    text: '[a, b, a]',
    problems: ['1:8: the file holds the same twice, leave one out @[2]'],
  },
  'says what the checks of a schema say': {
    schema: Type.Object({
      a: Type.Refine(
        Type.String(),
        (text) => text !== 'x',
        () => 'is x, write y',
      ),
      b: Type.Refine(
        Type.Number(),
        (value) => value % 2 === 0,
        () => 'is odd, write an even number',
      ),
      c: Type.Refine(
        Type.Object({ d: Type.Number() }),
        ({ d }) => d > 0,
        () => 'is upside down',
      ),
      e: Type.Refine(
        Type.Array(Type.Number()),
        (list) => list.length !== 2,
        () => 'is a pair',
      ),
    }),
    text: 'a: x\nb: 3\nc: { d: 0 }\ne: [1, 2]\n',
    problems: [
      '1:4: `a` is x, write y @a',
      '2:4: `b` is odd, write an even number @b',
      '3:1: `c` is upside down @c',
      '4:1: `e` is a pair @e',
    ],
  },
  'tells what all branches want when none fits': {
    schema: Type.Object({
      a: Type.Union([Type.Literal('ip'), Type.String({ pattern: '^header:', examples: ['header:x'] })]),
      b: Type.Union([Type.Number(), Type.String()]),
    }),
    text: 'a: nothing\nb: []\n',
    problems: [
      '1:4: `nothing` is no value of `a`, write ip or a text such as header:x @a',
      '2:4: `b` is a list, write a number or a text @b',
    ],
  },
  'tells of a variable that is not set, in whatever place': {
    schema: Type.Object({
      a: Type.String(),
      b: Type.Enum(['x']),
      c: Type.Union([Type.Literal('ip'), Type.String()]),
      d: Type.Unknown(),
    }),
    text: 'a: "${A}"\nb: "${B}"\nc: "${C}"\nd: ["${D}"]\n',
    problems: ['A', 'B', 'C', 'D'].map(
      (name, index) =>
        `${index + 1}:${index === 3 ? 5 : 4}: the environment variable \`${name}\` is not set, set it or write \`$\${\` for the text \`\${\` @${name.toLowerCase()}${index === 3 ? '[0]' : ''}`,
    ),
  },
  'never tells what came from a variable': {
    schema: Type.Object({
      a: Type.Enum(['x']),
      b: Type.Union([Type.Literal('ip'), Type.Integer()]),
      c: Type.Integer(),
    }),
    text: 'a: "${TEXT}"\nb: "${TEXT}"\nc: "${TEXT}"\n',
    problems: [
      '1:4: `${TEXT}` is no value of `a`, write x @a',
      '2:4: `${TEXT}` is no value of `b`, write ip or a whole number @b',
      '3:4: `c` is a text, write a whole number @c',
    ],
  },
  'asks TypeBox about keywords that it does not know': {
    schema: Type.Object({ a: Type.Object({ b: Type.Number({ multipleOf: 5 }) }) }),
    text: 'a:\n  b: 7\n',
    problems: ['2:6: `b` must be multiple of 5, see the reference @a.b'],
  },
};

describe('readSource', () => {
  for (const [name, { schema, text, value }] of Object.entries(accepted)) {
    it(name, () => expect(read(text, schema)).toEqual({ value, problems: [] }));
  }

  for (const [name, { schema, text, problems }] of Object.entries(refused)) {
    it(name, () => expect(read(text, schema).problems).toEqual(problems));
  }

  it('goes on with what is right when something is wrong', () => {
    const entry = Type.Object(
      { need: Type.Number(), spare: Type.Number({ default: 9 }), may: Type.Optional(Type.Number()) },
      strict,
    );
    const { value, problems } = read(
      'a: { need: 1, spare: x, may: y }\nb: { need: x }\nc: { need: 3, extra: 1 }\n',
      Type.Record(Type.String(), entry),
    );
    expect(value).toEqual({ a: { need: 1, spare: 9 }, c: { need: 3, spare: 9 } });
    expect(problems).toHaveLength(4);
  });

  it('refuses aliases that unfold to far more than was written', () => {
    const lines = Array.from({ length: 30 }, (_, i) =>
      i === 0 ? 'a0: &a0 [x, x]' : `a${i}: &a${i} [*a${i - 1}, *a${i - 1}]`,
    );
    const { problems } = read(lines.join('\n'), Type.Unknown());
    expect(problems).toEqual([expect.stringContaining('aliases unfold to more than 100000 values')]);
  });

  it('gives every value a default of its own', () => {
    const schema = Type.Array(Type.Object({ list: Type.Array(Type.String(), { default: ['x'] }) }));
    const { value } = read('[{}, {}]', schema);
    const [first, second] = Array.isArray(value) ? value : [];
    expect(first).toEqual(second);
    expect(first.list).not.toBe(second.list);
  });
});
