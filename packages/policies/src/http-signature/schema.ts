import { Type, type Static } from 'typebox';
import { checkedText, duration, leeway, size } from '../schema-parts.ts';

const DERIVED = new Set(['@method', '@target-uri', '@authority', '@scheme', '@request-target', '@path', '@query']);
const component = checkedText(
  (text) =>
    DERIVED.has(text) || /^[a-z0-9!#$%&'*+.^_`|~-]+$/.test(text)
      ? undefined
      : 'is no component that can be required, write @method, @target-uri, … or a field in lower case',
  { title: 'a component', examples: ['@method', '@target-uri', 'content-digest'] },
);

export const summary = 'Finds out who calls by a signature of the request (RFC 9421).';

export const schema = Type.Object(
  {
    required: Type.Array(component, {
      default: ['@method', '@target-uri'],
      uniqueItems: true,
      description: 'Components that a signature must cover.',
    }),
    body: Type.Enum(['covered', 'any'], {
      default: 'covered',
      description: 'Whether a signature of a request with a body must cover its `content-digest`.',
    }),
    bodyMax: size({ default: '1MB', description: 'Largest body whose digest is checked; larger ones are refused.' }),
    maxAge: duration({ default: '5m', description: 'How old a signature may be.' }),
    clockSkew: leeway({ default: '30s', description: 'How far the clock of the signer may be off.' }),
    nonce: Type.Enum(['required', 'once', 'any'], {
      default: 'once',
      description:
        '`required`: a signature must have a nonce, which is good once; `once`: if it has one; `any`: not looked at.',
    }),
    tag: Type.Optional(
      Type.String({ pattern: '^[ -~]{1,200}$', description: 'The `tag` that a signature must have.' }),
    ),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
