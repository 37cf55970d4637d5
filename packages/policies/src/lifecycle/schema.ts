import { Type, type Static } from 'typebox';
import { momentIn } from '../moment.ts';
import { checkedText, moment } from '../schema-parts.ts';

const url = (description: string) =>
  checkedText(
    (text) =>
      /^https?:\/\/[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7a\x7e]{1,2000}$/.test(text) && URL.canParse(text)
        ? undefined
        : 'is not a URL, write one that begins with https://',
    { title: 'a URL', examples: ['https://developer.example.com/users/v2'], description },
  );

const brownout = Type.Refine(
  Type.Object(
    {
      from: moment('When the window opens.'),
      to: moment('When it closes.'),
    },
    { additionalProperties: false },
  ),
  ({ from, to }) => (momentIn(from) ?? 0) < (momentIn(to) ?? 0),
  () => 'ends before it begins, write `from` before `to`',
);

export const summary = 'Tells callers that a version is deprecated, when it ends and what follows, and ends it.';

export const schema = Type.Refine(
  Type.Object(
    {
      deprecated: Type.Optional(moment('Since when, or from when on, it should not be used any more.')),
      sunset: Type.Optional(moment('When it ends.')),
      successor: Type.Optional(url('What to use instead.')),
      docs: Type.Optional(url('What callers should read about it.')),
      brownouts: Type.Array(brownout, {
        default: [],
        maxItems: 100,
        description: 'Windows before the end in which calls are refused, so that whoever has not noticed does.',
      }),
      afterSunset: Type.Enum(['refuse', 'serve'], {
        default: 'refuse',
        description: 'What happens to calls behind the end.',
      }),
    },
    { additionalProperties: false },
  ),
  ({ deprecated, sunset }) =>
    deprecated === undefined || sunset === undefined || (momentIn(deprecated) ?? 0) <= (momentIn(sunset) ?? 0),
  () => 'ends before it is deprecated (RFC 9745 §4), write `sunset` behind `deprecated`',
);

export type Config = Static<typeof schema>;
