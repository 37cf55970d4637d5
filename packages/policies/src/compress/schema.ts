import { Type, type Static } from 'typebox';
import { size } from '../schema-parts.ts';

const CODINGS = ['br', 'zstd', 'gzip'] as const;

const mediaType = Type.String({
  title: 'a media type',
  pattern: '^[A-Za-z0-9!#$&^_.+*\\-]+\\/[A-Za-z0-9!#$&^_.+*\\-]+$',
  examples: ['application/json', 'text/*'],
});

export const summary = 'Compresses replies for callers who take them compressed.';

export const schema = Type.Object(
  {
    codings: Type.Array(Type.Enum([...CODINGS]), {
      default: [...CODINGS],
      minItems: 1,
      uniqueItems: true,
      description: 'Codings that are offered; of those that a caller likes alike the first is taken.',
    }),
    types: Type.Array(mediaType, {
      default: [
        'text/*',
        'application/json',
        'application/*+json',
        'application/xml',
        'application/*+xml',
        'application/javascript',
        'application/x-ndjson',
        'image/svg+xml',
      ],
      description: 'Media types that are worth it; `*` stands for any number of characters.',
    }),
    minBytes: size({ default: '1KiB', description: 'Replies known to be smaller stay as they are.' }),
    level: Type.Integer({
      minimum: 1,
      maximum: 9,
      default: 4,
      description: 'Effort, 1 to 9: more makes replies smaller and costs time of the worker.',
    }),
    upstreamIdentity: Type.Boolean({
      default: false,
      description: 'Asks the upstream for plain replies, so that compressing is all done here.',
    }),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
export type Coding = Config['codings'][number];
