import { Type, type Static } from 'typebox';
import { size } from '../schema-parts.ts';

export const summary =
  'Refuses request bodies of JSON that are broken, ambiguous or larger in any way than they need to be.';

const most = (description: string, usual: number, maximum = 1e9) =>
  Type.Integer({ minimum: 1, maximum, default: usual, description });

export const schema = Type.Object(
  {
    depth: most('Objects and arrays inside one another.', 32, 1000),
    keys: most('Members of one object.', 1000),
    arrayItems: most('Items of one array.', 10_000),
    stringLength: most('Bytes of one string, as it is written.', 1_000_000),
    nameLength: most('Bytes of the name of one member, as it is written.', 1000),
    digits: most('Digits of one number, those of its exponent included.', 100),
    bytes: size({ default: '1MB', description: 'Bytes of the whole body.' }),
    duplicateKeys: Type.Enum(['refuse', 'allow'], {
      default: 'refuse',
      description: 'Members of one object with the same name: parsers differ on which of them counts.',
    }),
    anyType: Type.Boolean({
      default: false,
      description: 'Reads every body as JSON, whatever its Content-Type; for upstreams that do not look at it.',
    }),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
