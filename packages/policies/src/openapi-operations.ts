import { DocumentProblem, mapOf, type OpenApiDocument, type Part } from './openapi-document.ts';

/** An operation of a document, put together of what its path item says and what stands elsewhere. */
export interface OpenApiOperation {
  readonly method: string;
  /** As written, below the base path. */
  readonly path: string;
  readonly parameters: readonly OpenApiParameter[];
  readonly requestBody: Part | undefined;
  /** By `200`, `2XX`, `default`. */
  readonly responses: readonly (readonly [status: string, response: Part])[];
}

export interface OpenApiParameter {
  readonly name: string;
  readonly in: ParameterPlace;
  readonly part: Part;
}

const PLACES = ['path', 'query', 'header', 'cookie', 'querystring'] as const;
export type ParameterPlace = (typeof PLACES)[number];

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace', 'query'] as const;

export function operationsOf(document: OpenApiDocument): readonly OpenApiOperation[] {
  return document
    .members(document.at(document.root, 'paths'))
    .filter(([path]) => path.startsWith('/'))
    .flatMap(([path, written]) => {
      const item = document.followed(written);
      const shared = parametersOf(document, document.at(item, 'parameters'));
      return METHODS.filter((method) => mapOf(item.value)?.[method] !== undefined).map((method) =>
        operationOf(document, document.at(item, method), { method: method.toUpperCase(), path, shared }),
      );
    });
}

interface Around {
  readonly method: string;
  readonly path: string;
  readonly shared: readonly OpenApiParameter[];
}

function operationOf(document: OpenApiDocument, part: Part, { method, path, shared }: Around): OpenApiOperation {
  const own = parametersOf(document, document.at(part, 'parameters'));
  const inherited = shared.filter(
    (each) => !own.some(({ name, in: place }) => name === each.name && place === each.in),
  );
  const body = document.at(part, 'requestBody');
  return {
    method,
    path,
    parameters: [...inherited, ...own],
    requestBody: body.value === undefined ? undefined : document.followed(body),
    responses: document
      .members(document.at(part, 'responses'))
      .filter(([status]) => !status.startsWith('x-'))
      .map(([status, response]) => [status, document.followed(response)]),
  };
}

function parametersOf(document: OpenApiDocument, list: Part): readonly OpenApiParameter[] {
  return document.items(list).map((written) => {
    const part = document.followed(written);
    const { name, in: said } = mapOf(part.value) ?? {};
    const place = PLACES.find((each) => each === said);
    if (typeof name !== 'string' || place === undefined)
      throw new DocumentProblem('is no parameter, it needs a name and a place', part);
    return { name, in: place, part };
  });
}
