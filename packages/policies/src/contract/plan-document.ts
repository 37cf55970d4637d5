import type { PolicyContext } from '@gatehouse/config';
import { DocumentProblem, mapOf, OpenApiDocument, type Part } from '../openapi-document.ts';
import { operationsOf, type OpenApiOperation, type OpenApiParameter } from '../openapi-operations.ts';
import { bareType, mediaKind } from './media-type.ts';
import { SchemaPlanner } from './plan-schema.ts';
import type { MediaPlan, OperationPlan, ParameterPlan, Plan } from './plan.ts';

export interface PlanOptions {
  readonly basePath: string;
  readonly ignorePatterns: boolean;
  readonly readText: PolicyContext['readText'];
}

/** All that workers need of a document. Throws `DocumentProblem`s. */
export function planDocument(source: { readonly file: string; readonly text: string }, options: PlanOptions): Plan {
  const document = new OpenApiDocument({ ...source, readText: options.readText });
  const planner = new SchemaPlanner(document, options);
  const security = keysInQueries(document);
  const operations = operationsOf(document).map((operation): OperationPlan => {
    const { method, path, parameters, requestBody, responses } = operation;
    return {
      method,
      path: options.basePath + path,
      parameters: parameters.filter(isChecked).map((each) => parameterPlan(each, { document, planner })),
      knownQuery: [...security, ...deepNames(operation)],
      body: requestBody && {
        required: mapOf(requestBody.value)?.['required'] === true,
        media: mediaPlans(document.at(requestBody, 'content'), { document, planner }),
      },
      responses: responses.map(([status, part]) => ({
        status,
        media: mediaPlans(document.at(part, 'content'), { document, planner }),
      })),
    };
  });
  const schemas = planner.finish();
  return { schemas, operations, tracks: JSON.stringify([schemas, operations]).includes('"unevaluated') };
}

interface Reading {
  readonly document: OpenApiDocument;
  readonly planner: SchemaPlanner;
}

/** OpenAPI §4.8.12.1: these are described elsewhere, as parameters they mean nothing. */
function isChecked({ in: place, name }: OpenApiParameter): boolean {
  return place !== 'header' || !/^(?:accept|content-type|authorization)$/i.test(name);
}

const STYLES = ['simple', 'form', 'spaceDelimited', 'pipeDelimited', 'deepObject'] as const;
type Style = (typeof STYLES)[number];
const STYLES_OF: Readonly<Record<string, readonly Style[]>> = {
  path: ['simple'],
  header: ['simple'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  cookie: ['form'],
  querystring: ['form'],
};

function parameterPlan({ name, in: place, part }: OpenApiParameter, { document, planner }: Reading): ParameterPlan {
  const said = mapOf(part.value) ?? {};
  const allowed = STYLES_OF[place] ?? [];
  const style = said['style'] ?? allowed[0];
  const known = allowed.find((each) => each === style);
  if (known === undefined) {
    throw new DocumentProblem(`has a style that is not read in a ${place}: write ${allowed.join(' or ')}`, part);
  }
  const [content, ...others] = document.members(document.at(part, 'content'));
  if (others.length > 0) throw new DocumentProblem('has more than one media type', part);
  return {
    name: place === 'header' ? name.toLowerCase() : name,
    in: place,
    required: place === 'path' || said['required'] === true,
    style: known,
    explode: typeof said['explode'] === 'boolean' ? said['explode'] : known === 'form' || known === 'deepObject',
    allowEmpty: said['allowEmptyValue'] === true,
    media: content === undefined ? undefined : mediaKind(content[0]),
    schema: planner.schema(document.at(content?.[1] ?? part, 'schema')),
  };
}

function mediaPlans(content: Part, { document, planner }: Reading): readonly MediaPlan[] {
  return document.members(content).map(([type, written]) => {
    const part = document.followed(written);
    const schema = document.at(part, 'schema');
    return { type: bareType(type), schema: schema.value === undefined ? undefined : planner.schema(schema) };
  });
}

/** Credentials in queries are no parameters of operations. */
function keysInQueries(document: OpenApiDocument): readonly string[] {
  const schemes = document.members(document.at(document.root, 'components', 'securitySchemes'));
  return schemes.flatMap(([, written]) => {
    const { type, in: place, name } = mapOf(document.followed(written).value) ?? {};
    return type === 'apiKey' && place === 'query' && typeof name === 'string' ? [name] : [];
  });
}

function deepNames({ parameters }: OpenApiOperation): readonly string[] {
  return parameters.filter(({ in: place }) => place === 'querystring').map(() => '*');
}
