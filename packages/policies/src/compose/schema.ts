import type { PolicyContext } from '@gatehouse/config';
import { Type, type Static } from 'typebox';
import { duration, size } from '../schema-parts.ts';
import { TOKEN } from '../token.ts';
import { placesIn } from './call-template.ts';
import { needsOf } from './needs.ts';

export const summary = 'Answers with what several calls to upstreams bring, merged into one JSON.';

const fieldName = Type.String({ title: 'the name of a field', pattern: `^${TOKEN}$`, maxLength: 100 });
const NAME = '^[A-Za-z_][A-Za-z0-9_-]{0,50}$';

const call = Type.Object(
  {
    upstream: Type.String({ minLength: 1, description: 'Where it goes: the name of an upstream, or a URL.' }),
    target: Type.String({
      title: 'a path and a query',
      pattern: '^/[!-~]*$',
      maxLength: 2000,
      description:
        'What is asked for: `{id}` is a segment of the route, `{query}` the query of the request, `{user:/id}` something that the call `user` has brought.',
    }),
    method: Type.Enum(['GET', 'POST', 'PUT', 'PATCH', 'DELETE'], { default: 'GET', description: 'The method.' }),
    headers: Type.Record(Type.String(), Type.String({ pattern: '^[\\t\\x20-\\x7e]*$', maxLength: 4000 }), {
      propertyNames: fieldName,
      default: {},
      description: 'Fields of the call; texts may hold places as `target` does.',
    }),
    body: Type.Optional(Type.Unknown({ description: 'Sent as JSON; texts may hold places as `target` does.' })),
    timeout: duration({ default: '5s', description: 'How long an answer is waited for.' }),
    optional: Type.Boolean({ default: false, description: 'Without it the rest is answered all the same.' }),
    default: Type.Optional(
      Type.Unknown({ description: 'What stands in its place when it fails and is optional, else null.' }),
    ),
    notFound: Type.Enum(['fail', 'default'], {
      default: 'fail',
      description: 'What 404 means: a failure, or the `default`.',
    }),
  },
  // with a default of its own, else those inside of it are not filled in
  { additionalProperties: false, default: {} },
);

export const schema = Type.Object(
  {
    calls: Type.Record(Type.String(), call, {
      propertyNames: Type.String({ title: 'a name', pattern: NAME }),
      minProperties: 1,
      maxProperties: 20,
      description: 'Calls by their names. They run at once, but for those that need what others bring.',
    }),
    merge: Type.Optional(
      Type.Unknown({
        description:
          'The answer: any JSON, whose texts may be places such as `{user}` or `{orders:/items}`. Without it, each answer by the name of its call.',
      }),
    ),
    forward: Type.Array(fieldName, {
      default: [],
      description: 'Fields of the request that calls carry too, such as `authorization`.',
    }),
    timeout: duration({ default: '10s', description: 'For all calls together.' }),
    answerMax: size({ default: '1MB', description: 'A longer answer of a call is a failure.' }),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
export type CallConfig = Static<typeof call>;

export function compile(config: unknown, context: PolicyContext): unknown {
  const compose = parsed(config);
  for (const place of placesIn(compose.merge)) {
    if (!Object.hasOwn(compose.calls, place.name))
      context.problem(`merges \`{${place.name}}\`, which is no call of it`);
  }
  const calls = Object.entries(compose.calls).map(([name, written]): readonly [string, CallConfig] => {
    const upstream = context.upstream(written.upstream);
    if (upstream === undefined)
      context.problem(`has a call \`${name}\` to \`${written.upstream}\`, which is no upstream`);
    for (const place of placesIn([written.target, written.headers, written.body])) {
      if (place.isAnswer && !Object.hasOwn(compose.calls, place.name)) {
        context.problem(`has a call \`${name}\` that needs \`${place.name}\`, which is no call of it`);
      }
    }
    return [name, { ...written, upstream: upstream ?? written.upstream }];
  });
  const circle = circleIn(compose.calls);
  if (circle !== undefined) context.problem(`has calls that wait for each other: ${circle.join(', ')}`);
  return { ...compose, calls: Object.fromEntries(calls) };
}

/** Those that could never begin. */
function circleIn(calls: Config['calls']): readonly string[] | undefined {
  const left = new Map(Object.keys(calls).map((name) => [name, needsOf(name, calls)]));
  for (;;) {
    const ready = [...left].filter(([, needs]) => needs.every((name) => !left.has(name)));
    if (ready.length === 0) return left.size === 0 ? undefined : [...left.keys()];
    for (const [name] of ready) left.delete(name);
  }
}

/** `parse` of this policy has let it through. */
function parsed(config: unknown): Config {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return config as Config;
}
