import { Type, type Static } from 'typebox';
import { checkedText, size } from '../schema-parts.ts';
import { POINTER } from '../json-pointer.ts';
import { valueProblem } from './value-template.ts';

export const summary = 'Changes JSON bodies of requests and replies.';

const pointer = (description: string) =>
  Type.String({ title: 'a JSON Pointer', pattern: POINTER, maxLength: 500, description });
const key = Type.String({ title: 'a JSON Pointer', pattern: POINTER, maxLength: 500 });
const oneKey = Type.String({
  title: 'a JSON Pointer without `*`',
  pattern: '^(/(?!\\*(/|$))([^~/]|~[01])*)*$',
  maxLength: 500,
});
const text = checkedText(valueProblem, { maxLength: 10_000 });

const edits = {
  unwrap: Type.Optional(pointer('What stands there becomes the whole body.')),
  only: Type.Optional(Type.Array(key, { minItems: 1, description: 'All that is kept.' })),
  remove: Type.Array(key, { default: [], description: 'What is taken out.' }),
  rename: Type.Record(Type.String(), oneKey, {
    propertyNames: oneKey,
    default: {},
    description: 'What stands at one place is moved to another.',
  }),
  set: Type.Record(
    Type.String(),
    Type.Union([
      text,
      Type.Number(),
      Type.Boolean(),
      Type.Null(),
      Type.Array(Type.Unknown()),
      Type.Record(Type.String(), Type.Unknown()),
    ]),
    {
      propertyNames: key,
      default: {},
      description: 'What is put there; texts may hold `{claim:NAME}`, `{header:NAME}` and other facts of the call.',
    },
  ),
  wrap: Type.Optional(
    Type.String({
      minLength: 1,
      maxLength: 200,
      description: 'The whole body becomes the member of this name of an object.',
    }),
  ),
};

export const schema = Type.Object(
  {
    request: Type.Optional(
      Type.Object(edits, { additionalProperties: false, description: 'Bodies that go upstream.' }),
    ),
    response: Type.Optional(
      Type.Object(
        {
          ...edits,
          statuses: Type.Array(Type.String({ title: 'a status or a class', pattern: '^[2-5](\\d\\d|XX)$' }), {
            minItems: 1,
            default: ['2XX'],
            description: 'Of the replies that are changed.',
          }),
        },
        { additionalProperties: false, description: 'Bodies that go to the caller.' },
      ),
    ),
    bodyMax: size({ default: '1MB', description: 'Larger bodies are refused: 413 for a request, 502 for a reply.' }),
  },
  { additionalProperties: false },
);

export type Config = Static<typeof schema>;
