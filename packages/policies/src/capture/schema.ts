import type { PiiEntity, SecretEntity } from '@gatehouse/config';
import { parseSize } from '@gatehouse/kernel';
import { Type, type Static } from 'typebox';
import { checkedText, duration, share } from '../schema-parts.ts';
import { TOKEN } from '../token.ts';
import { ADDRESS_KINDS } from './redact/address-spotter.ts';
import { parsePath } from './redact/name-paths.ts';
import { patternSpotter } from './redact/pattern-spotter.ts';

const BYTES_MAX = 256 * 1024;
const ENTITIES = [
  'email',
  'phone',
  'card',
  'iban',
  'national_id',
  'us_ssn',
  'api_key',
  'private_key',
  'jwt',
  'password',
  'credential',
] as const satisfies readonly (PiiEntity | SecretEntity)[];

const bytesMax = checkedText(
  (text) => {
    const size = parseSize(text);
    if (size === undefined) return 'is not a size, write one such as 4KiB or 64KiB';
    return size > BYTES_MAX ? 'is more than 256KiB, the most that is kept of a body' : undefined;
  },
  {
    title: 'a size',
    default: '16KiB',
    examples: ['4KiB', '64KiB'],
    description: 'Most that is kept of each body, at most 256KiB; longer ones are cut, and it is said.',
  },
);

const redact = Type.Object(
  {
    paths: Type.Array(
      checkedText(
        (text) =>
          parsePath(text) === undefined
            ? 'is no path, write one such as $.user.name, $..card or $.items[*].id'
            : undefined,
        { title: 'a path', maxLength: 200, examples: ['$.password', '$..card'] },
      ),
      {
        default: [],
        maxItems: 100,
        description:
          'Members of JSON, fields of forms, elements of XML and parameters of queries that are hidden, such as `$.user.name` or `$..card`; upper and lower case, `_` and `-` make no difference.',
      },
    ),
    pii: Type.Array(Type.Enum([...ENTITIES, ...ADDRESS_KINDS]), {
      default: [...ENTITIES],
      uniqueItems: true,
      description: 'Personal data and secrets that are hidden wherever they stand.',
    }),
    patterns: Type.Array(
      checkedText(
        (text) =>
          patternSpotter(text) === undefined
            ? 'is no regular expression that can be used here: it looks around or back, is too big, or matches an empty text'
            : undefined,
        { title: 'a regular expression', maxLength: 500, examples: ['CUST-\\d{6}'] },
      ),
      {
        default: [],
        maxItems: 20,
        description: 'Regular expressions of what is hidden besides; without look-around and back-references.',
      },
    ),
  },
  { additionalProperties: false, default: {}, description: 'What is hidden before anything leaves the worker.' },
);

/** Parts of a form of several could be anything. */
const mediaType = Type.String({
  title: 'a media type',
  pattern: '^(?!multipart/)[A-Za-z0-9!#$&^_.+\\-]+\\/[A-Za-z0-9!#$&^_.+*\\-]+$',
  examples: ['application/json', 'text/*'],
});

export const summary = 'Keeps bodies of some calls, redacted and encrypted, with their record.';

export const schema = Type.Object(
  {
    sample: share({ default: '1%', description: 'Of all calls, those that are kept.' }),
    on: Type.Array(Type.Enum(['error', 'refusal', 'slow']), {
      default: [],
      uniqueItems: true,
      description:
        'Calls that are kept whatever the sample: with a status from 500 or a reply that broke off, refused by the gate, longer than `slowerThan`. Bodies of all calls are then held until their end.',
    }),
    slowerThan: duration({ default: '1s', description: 'What `slow` means.' }),
    request: Type.Boolean({ default: true, description: 'Keeps what the caller sent.' }),
    response: Type.Boolean({ default: true, description: 'Keeps what the caller got.' }),
    bytesMax,
    headers: Type.Boolean({
      default: true,
      description: 'Keeps the fields of heads too; those that carry credentials are masked.',
    }),
    maskHeaders: Type.Array(Type.String({ title: 'the name of a field', pattern: `^${TOKEN}$` }), {
      default: [],
      maxItems: 100,
      description: 'Fields that are masked besides those that always are.',
    }),
    contentTypes: Type.Array(mediaType, {
      default: [
        'application/json',
        'application/*+json',
        'application/x-ndjson',
        'application/jsonl',
        'application/x-www-form-urlencoded',
        'application/xml',
        'application/*+xml',
        'text/*',
      ],
      maxItems: 50,
      description: 'Media types whose text is kept; of others it is told how long they were.',
    }),
    redact,
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
