import { Type, type Static } from 'typebox';
import { isPathTemplate, parseTemplate } from '../path-template.ts';
import { checkedText } from '../schema-parts.ts';
import { CapturingPattern } from './capturing-pattern.ts';

export const summary = 'Changes the path and the query that go upstream.';

const path = checkedText(
  (text) => (isPathTemplate(text) ? undefined : 'is not a canonical path, write one such as /v2/{rest}'),
  {
    title: 'a path',
    pattern: '^\\/',
    maxLength: 2048,
    examples: ['/v2/{rest}', '/people/{id}'],
    description:
      "Path that goes upstream, before the target's own base path. `{name}` is a segment of the route; `{rest}` is " +
      'what its `*` matched or, without one, the path behind the base path; `$1` is a group of `match`.',
  },
);

const match = checkedText(
  (text) =>
    CapturingPattern.compile(text) === undefined
      ? 'is not a pattern that is matched here, write a smaller one without look-around, back-references and repeats of what may be empty'
      : undefined,
  {
    title: 'a pattern',
    minLength: 1,
    maxLength: 500,
    examples: ['^/old/(.*)$'],
    description:
      'Regular expression on the path that would go upstream. What it finds first is replaced by `path`; a path in ' +
      'which it finds nothing stays.',
  },
);

const parameter = (text: string): string | undefined => (text === '' ? 'is empty, write its name' : undefined);

const value = checkedText((text) => (text.isWellFormed() ? undefined : 'is no text, correct it'), {
  title: 'the value of a parameter',
  maxLength: 2048,
});

const query = Type.Object(
  {
    set: Type.Record(Type.String(), value, {
      title: 'parameters',
      propertyNames: Type.String({ pattern: '^[^\\p{Cs}\\p{Cc}]{1,200}$' }),
      default: {},
      description: 'Parameters that take the place of those of their name; `{name}` and `{rest}` as in `path`.',
    }),
    remove: Type.Array(checkedText(parameter, { title: 'the name of a parameter', maxLength: 200 }), {
      default: [],
      description: 'Parameters that do not go upstream.',
    }),
  },
  { additionalProperties: false, description: 'What is changed in the query; the rest stays as it came.' },
);

const whole = Type.Object(
  { path: Type.Optional(path), match: Type.Optional(match), query: Type.Optional(query) },
  { additionalProperties: false },
);

export const schema = Type.Refine(
  whole,
  (config) => problem(config) === undefined,
  (config) => problem(config) ?? 'is right',
);

export type Config = Static<typeof whole>;

function problem(config: Config): string | undefined {
  if (config.path === undefined) {
    if (config.match !== undefined) return 'has a `match` without `path`, write what takes its place';
    return config.query === undefined ? 'changes nothing, write `path` or `query`' : undefined;
  }
  if (config.match === undefined) return undefined;
  const groups = CapturingPattern.compile(config.match)?.groups ?? 0;
  const names = parseTemplate(config.path, { captures: true }).map(({ param = '' }) => param);
  const missing = names.some((name) => name.startsWith('$') && Number(name.slice(1)) > groups);
  return missing ? 'names a group in `path` that `match` does not have' : undefined;
}
