import type { PolicyContext } from '@gatehouse/config';
import { documentFingerprint } from '@gatehouse/kernel';
import { Type, type Static } from 'typebox';
import { planDocument } from '../contract/plan-document.ts';
import type { Plan } from '../contract/plan.ts';
import { DocumentProblem, mapOf, OpenApiDocument } from '../openapi-document.ts';
import { share, size } from '../schema-parts.ts';
import type { CredentialPlace } from './shown-credentials.ts';

export const summary = 'Holds some of the traffic against the OpenAPI document of the API, for `gatehouse drift`.';

export const schema = Type.Object(
  {
    sample: share({ default: '1%', description: 'Of the calls that are looked at.' }),
    perSecond: Type.Integer({
      minimum: 1,
      maximum: 10_000,
      default: 20,
      description: 'Calls that a worker looks at in a second, at most.',
    }),
    bodyMax: size({ default: '64KiB', description: 'Larger bodies are not looked at.' }),
  },
  { additionalProperties: false },
);

/** As workers get it. */
export type Config = Static<typeof schema> & {
  readonly plan: Plan;
  readonly basePath: string;
  /** Which document it is. */
  readonly document: string;
  /** Where the document has keys. */
  readonly keys: readonly CredentialPlace[];
};

const NOTHING: Pick<Config, 'plan' | 'keys'> = { plan: { schemas: [], operations: [], tracks: false }, keys: [] };

/** Reads the document, so that workers need not. */
export function compile(config: unknown, context: PolicyContext): unknown {
  const { document, basePath } = context;
  if (document === undefined) context.problem('needs a document to go by, write `openapi:` at the API');
  return {
    ...parsed(config),
    ...(document && read(document, context)),
    basePath,
    document: documentFingerprint(document?.text ?? ''),
  };
}

type Source = NonNullable<PolicyContext['document']>;

function read(document: Source, context: PolicyContext): Pick<Config, 'plan' | 'keys'> {
  const readText = (file: string): string => context.readText(file);
  try {
    // A pattern that takes too long to check says nothing about traffic.
    const plan = planDocument(document, { basePath: context.basePath, readText, ignorePatterns: true });
    return { plan, keys: keysOf(new OpenApiDocument({ ...document, readText })) };
  } catch (error) {
    if (!(error instanceof DocumentProblem)) throw error;
    context.problem(`cannot use the document: it ${error.message}`);
    return NOTHING;
  }
}

function keysOf(document: OpenApiDocument): readonly CredentialPlace[] {
  const schemes = document.members(document.at(document.root, 'components', 'securitySchemes'));
  return schemes.flatMap(([, written]) => {
    const { type, in: place, name } = mapOf(document.followed(written).value) ?? {};
    if (type !== 'apiKey' || typeof name !== 'string') return [];
    return place === 'header' || place === 'query' || place === 'cookie' ? [{ in: place, name }] : [];
  });
}

/** `parse` of this policy has let it through. */
function parsed(config: unknown): Static<typeof schema> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return config as Static<typeof schema>;
}
