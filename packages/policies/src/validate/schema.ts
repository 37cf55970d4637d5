import type { PolicyContext } from '@gatehouse/config';
import { Type, type Static } from 'typebox';
import { DocumentProblem } from '../openapi-document.ts';
import { share, size } from '../schema-parts.ts';
import { planDocument } from '../contract/plan-document.ts';
import type { Plan } from '../contract/plan.ts';

export const summary = 'Refuses requests, and replies, that do not fit the OpenAPI document of the API.';

export const schema = Type.Object(
  {
    requests: Type.Enum(['enforce', 'report', 'off'], {
      default: 'enforce',
      description: '`report` lets them through and tells of it, in the record and in `x-gatehouse-validation`.',
    }),
    responses: Type.Enum(['off', 'report', 'enforce'], {
      default: 'off',
      description:
        '`enforce` holds each reply back until it was looked at, and gives 502 in place of one that does not fit.',
    }),
    sample: share({ default: '100%', description: 'Of the replies that `report` looks at.' }),
    unknownQuery: Type.Enum(['allow', 'refuse'], {
      default: 'allow',
      description: 'Parameters of the query that the document does not describe.',
    }),
    readOnly: Type.Enum(['allow', 'refuse'], {
      default: 'refuse',
      description: 'Properties in requests that the document calls `readOnly`.',
    }),
    patterns: Type.Enum(['check', 'ignore'], {
      default: 'check',
      description:
        '`ignore` leaves out patterns that cannot be matched in linear time; else the configuration is refused.',
    }),
    bodyMax: size({
      default: '1MB',
      description: 'Larger bodies of requests are refused, or not looked at by `report`.',
    }),
    responseMax: size({ default: '1MB', description: 'Larger replies are not looked at, or refused by `enforce`.' }),
  },
  { additionalProperties: false },
);

/** As workers get it. */
export type Config = Static<typeof schema> & { readonly plan: Plan };

const NOTHING: Plan = { schemas: [], operations: [], tracks: false };

/** Reads the document, so that workers need not. */
export function compile(config: unknown, context: PolicyContext): unknown {
  const validate = parsed(config);
  return { ...validate, plan: planOf(validate, context) ?? NOTHING };
}

function planOf({ patterns }: Pick<Config, 'patterns'>, context: PolicyContext): Plan | undefined {
  const { document, basePath } = context;
  if (document === undefined) {
    context.problem('needs a document to go by, write `openapi:` at the API');
    return undefined;
  }
  try {
    return planDocument(document, {
      basePath,
      readText: (file) => context.readText(file),
      ignorePatterns: patterns === 'ignore',
    });
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
