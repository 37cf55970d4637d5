import { Type, type Static } from 'typebox';
import { size } from '../schema-parts.ts';

export const summary = 'Refuses request bodies above a size.';

export const schema = Type.Object(
  { max: size({ description: 'Largest request body, as it comes over the wire.' }) },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
