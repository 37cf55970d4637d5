import { GatehouseError } from '@gatehouse/kernel';
import { Type, type TStringOptions } from 'typebox';

/** What a text means, or what is wrong with it and what would be right. `wrong` follows the field's name and never quotes the text, which may be a secret. */
export type Parsed<T> = { readonly value: T } | { readonly wrong: string };
export type Parse<T> = (text: string) => Parsed<T>;

/** Schema of a text that `parse` accepts; its problem is what `parse` says. */
export function parsedText<T>(parse: Parse<T>, options: TStringOptions) {
  return Type.Refine(
    Type.String(options),
    (text) => 'value' in parse(text),
    (text) => {
      const result = parse(text);
      return 'wrong' in result ? result.wrong : 'is right';
    },
  );
}

/** The meaning of a text that its schema has let through. */
export function meaning<T>(parse: Parse<T>, text: string): T {
  const result = parse(text);
  if ('value' in result) return result.value;
  throw new GatehouseError('gateway.internal', `A text that its schema accepted ${result.wrong}.`);
}
