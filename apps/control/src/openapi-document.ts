import { ERRORS } from '@gatehouse/kernel';
import type { Route } from './routes/route.ts';

type Json = Readonly<Record<string, unknown>>;

const PROBLEM = {
  description: 'What stands in the way.',
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
};

/** The OpenAPI 3.1 document of the admin API, made of the table that serves it. */
export function openApiDocument(routes: readonly Route[], version: string): Json {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    paths[route.path] ??= { parameters: pathParameters(route.path) };
    paths[route.path] = { ...paths[route.path], [route.method.toLowerCase()]: operation(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Gatehouse admin API',
      version,
      description:
        'Everything that the console can do. Tokens go into `Authorization: Bearer`. Reads have an ETag, changes name it in `If-Match`; creates may carry an `Idempotency-Key`. Writes that change what gates serve answer when all of them enforce it, and say so in `enforcement`.',
    },
    servers: [{ url: '/api/v1' }],
    security: [{ token: [] }],
    tags: [...new Set(routes.map(({ tag }) => tag))].map((name) => ({ name })),
    paths,
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: problemSchema(), Enforcement: ENFORCEMENT },
    },
  };
}

const FORM = 'application/x-www-form-urlencoded';

function operation(route: Route): Json {
  const { operationId, tag, summary, permission, body, form, query = {}, conditional, method, replies } = route;
  const parameters = [
    ...Object.entries(query).map(([name, schema]) => ({ name, in: 'query', required: false, schema })),
    ...(conditional === true ? [IF_MATCH] : []),
    ...(method === 'POST' ? [IDEMPOTENCY_KEY] : []),
  ];
  return {
    operationId,
    tags: [tag],
    summary,
    'x-permission': permission,
    ...(parameters.length > 0 && { parameters }),
    ...(body !== undefined && {
      requestBody: { required: true, content: { [form === true ? FORM : 'application/json']: { schema: body } } },
    }),
    responses: {
      ...Object.fromEntries(
        Object.entries(replies).map(([status, description]) => [status, replyOf(route, Number(status), description)]),
      ),
      '4XX': PROBLEM,
      '5XX': PROBLEM,
    },
  };
}

function replyOf({ mediaType }: Route, status: number, description: string): Json {
  if (status === 204) return { description };
  if (mediaType !== undefined) return { description, content: { [mediaType]: { schema: { type: 'string' } } } };
  return { description, content: { 'application/json': { schema: { type: 'object' } } } };
}

function pathParameters(path: string): readonly Json[] {
  return [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => ({
    name,
    in: 'path',
    required: true,
    schema: { type: 'string', maxLength: 64 },
    ...(name === 'workspace' && { description: 'Its name or its id; `default` is there from the beginning.' }),
  }));
}

const IF_MATCH = {
  name: 'If-Match',
  in: 'header',
  required: true,
  schema: { type: 'string', maxLength: 32 },
  description: 'The ETag of what you have read.',
};
const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', minLength: 1, maxLength: 255 },
  description: 'The same key with the same request gets the reply of the first time, for a day.',
};
const ENFORCEMENT = {
  type: 'object',
  description: 'Proof that gates serve what was written.',
  properties: {
    snapshot: { type: 'string' },
    workers: { type: 'object', properties: { enforcing: { type: 'integer' }, of: { type: 'integer' } } },
  },
};

function problemSchema(): Json {
  const codes = Object.keys(ERRORS).filter((code) => code.startsWith('admin.'));
  return {
    type: 'object',
    description: 'RFC 9457.',
    required: ['type', 'title', 'status', 'code', 'requestId'],
    properties: {
      type: { type: 'string' },
      title: { type: 'string' },
      status: { type: 'integer' },
      detail: { type: 'string' },
      code: { type: 'string', enum: codes },
      requestId: { type: 'string' },
      allowed: { type: 'array', items: { type: 'string' }, description: 'What would be possible instead.' },
      errors: { type: 'array', items: { type: 'object' } },
    },
  };
}
