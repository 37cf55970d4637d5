import type { PolicyContext } from '@gatehouse/config';
import { Type, type Static } from 'typebox';
import { duration, share } from '../schema-parts.ts';
import { TOKEN } from '../token.ts';

const sign = (noun: string) =>
  Type.Object(
    {
      name: Type.String({ pattern: `^${TOKEN}$`, description: `Name of the ${noun}.` }),
      value: Type.Optional(Type.String({ description: 'The value that it must have; any if left out.' })),
    },
    {
      additionalProperties: false,
      title: `a ${noun}`,
      description: `Calls with this ${noun} go there whatever the weight.`,
    },
  );

const sticky = Type.Object(
  {
    by: Type.Union(
      [
        Type.Enum(['application', 'credential', 'subject', 'ip', 'cookie']),
        Type.String({ title: 'header:NAME', pattern: `^header:${TOKEN}$` }),
        Type.String({ title: 'cookie:NAME', pattern: `^cookie:${TOKEN}$` }),
        Type.String({ title: 'claim:NAME', pattern: '^claim:[!-~]{1,200}$' }),
      ],
      {
        description:
          'What decides in place of chance: application, credential, subject, ip, header:NAME, cookie:NAME, ' +
          'claim:NAME, or cookie, which is one that the gate sets itself.',
      },
    ),
    maxAge: duration({ default: '30d', description: 'How long the cookie of the gate is kept.' }),
  },
  { additionalProperties: false, description: 'Callers stay where they were sent.' },
);

export const summary = 'Sends a share of calls, or marked ones, to another upstream.';

export const schema = Type.Object(
  {
    upstream: Type.String({ minLength: 1, description: 'Where to: the name of an upstream, or a URL.' }),
    weight: share({ default: '0%', description: 'Of the calls that come by without a mark.' }),
    header: Type.Optional(sign('field')),
    cookie: Type.Optional(sign('cookie')),
    sticky: Type.Optional(sticky),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;

export function compile(config: unknown, context: PolicyContext): unknown {
  const canary = parsed(config);
  const upstream = context.upstream(canary.upstream);
  if (upstream === undefined) context.problem('names no upstream, write the name of one or a URL as its `upstream`');
  return { ...canary, upstream: upstream ?? canary.upstream };
}

/** `parse` of this policy has let it through. */
function parsed(config: unknown): Config {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return config as Config;
}
