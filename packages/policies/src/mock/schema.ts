import type { PolicyContext } from '@gatehouse/config';
import { Type, type Static } from 'typebox';
import { DocumentProblem } from '../openapi-document.ts';
import { duration } from '../schema-parts.ts';
import { TOKEN } from '../token.ts';
import { mocksOf } from './mocks-of-document.ts';
import type { Mock } from './mocked.ts';

export const summary = 'Answers with examples, of the OpenAPI document or of your own, in place of an upstream.';

const field = Type.String({ maxLength: 8000, pattern: '^[\\t\\x20-\\x7e]*$' });

export const schema = Type.Object(
  {
    status: Type.Optional(
      Type.Integer({
        minimum: 200,
        maximum: 599,
        description: 'Of the answer; with a document: which of its answers, the first success when left out.',
      }),
    ),
    body: Type.Optional(
      Type.Unknown({
        description: 'The answer: a text as it is, anything else as JSON. Without it, the examples of the document.',
      }),
    ),
    headers: Type.Record(Type.String(), field, {
      propertyNames: Type.String({
        title: 'the name of a field',
        pattern: `^(?!(?:[Cc]onnection|[Cc]ontent-[Ll]ength|[Tt]ransfer-[Ee]ncoding)$)${TOKEN}$`,
      }),
      default: {},
      description: 'Fields of the answer.',
    }),
    delay: Type.Optional(duration({ description: 'How long the answer is waited for.' })),
  },
  { additionalProperties: false },
);

/** As workers get it. */
export type Config = Static<typeof schema> & { readonly mocks: readonly Mock[] };

/** Finds or makes the examples, so that workers need no document. */
export function compile(config: unknown, context: PolicyContext): unknown {
  const mock = parsed(config);
  return { ...mock, mocks: 'body' in mock ? [] : (examples(context, mock.status) ?? []) };
}

function examples(context: PolicyContext, status: number | undefined): readonly Mock[] | undefined {
  const { document, basePath } = context;
  if (document === undefined) {
    // An answer without a body needs no document either.
    if (status === undefined) context.problem('needs a `body`, a `status`, or `openapi:` at the API');
    return undefined;
  }
  try {
    return mocksOf(document, { basePath, readText: (file) => context.readText(file) });
  } catch (error) {
    if (!(error instanceof DocumentProblem)) throw error;
    context.problem(`cannot use the document: it ${error.message}`);
    return undefined;
  }
}

/** `parse` of this policy has let it through. */
function parsed(config: unknown): Static<typeof schema> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return config as Static<typeof schema>;
}
