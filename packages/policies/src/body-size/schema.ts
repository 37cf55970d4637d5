import { Type } from 'typebox';
import { size } from '../schema-parts.ts';

export const schema = Type.Object(
  { max: size({ description: 'Largest request body, as it comes over the wire.' }) },
  { additionalProperties: false },
);
