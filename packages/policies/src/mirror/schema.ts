import type { PolicyContext } from '@gatehouse/config';
import { Type, type Static } from 'typebox';
import { duration, share, size } from '../schema-parts.ts';
import { TOKEN } from '../token.ts';

const headers = Type.Object(
  {
    remove: Type.Array(Type.String({ title: 'the name of a field', pattern: `^${TOKEN}$` }), {
      default: ['authorization', 'cookie'],
      description: 'Fields that copies do not carry, besides those that no upstream sees.',
    }),
  },
  { additionalProperties: false, default: {}, description: 'The heads of copies.' },
);

export const summary = 'Sends copies of calls to another upstream, whose answers nobody sees.';

export const schema = Type.Object(
  {
    upstream: Type.String({ minLength: 1, description: 'Where copies go: the name of an upstream, or a URL.' }),
    share: share({ default: '100%', description: 'Of the calls that go upstream.' }),
    bodyMax: size({ default: '64KiB', description: 'Calls with larger bodies, or of unknown length, are not copied.' }),
    timeout: duration({ default: '10s', description: 'How long an answer to a copy is waited for.' }),
    inFlightMax: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 32,
      description: 'Copies that are under way at once in a worker; more are not made.',
    }),
    headers,
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;

export function compile(config: unknown, context: PolicyContext): unknown {
  const mirror = parsed(config);
  const upstream = context.upstream(mirror.upstream);
  if (upstream === undefined) context.problem('names no upstream, write the name of one or a URL as its `upstream`');
  return { ...mirror, upstream: upstream ?? mirror.upstream };
}

/** `parse` of this policy has let it through. */
function parsed(config: unknown): Config {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return config as Config;
}
