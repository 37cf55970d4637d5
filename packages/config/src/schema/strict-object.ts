import { Type, type TObject, type TObjectOptions, type TProperties } from 'typebox';

/** A map with these fields and no others. A field with a default may be left out by whoever writes the file. */
export function strictObject<Properties extends TProperties>(
  properties: Properties,
  options: TObjectOptions = {},
): TObject<Properties> {
  return Type.Object(properties, { additionalProperties: false, ...options });
}
