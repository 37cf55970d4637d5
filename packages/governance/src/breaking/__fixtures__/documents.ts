/** Small documents around one thing that tests compare. */

export type Json = Readonly<Record<string, unknown>>;

export const NOW = Date.parse('2026-06-01T00:00:00Z');

export function documentOf(parts: Json = {}): Json {
  return { openapi: '3.1.0', info: { title: 'shop', version: '1.0.0' }, paths: {}, ...parts };
}

/** One operation, `POST /things`. */
export function withOperation(operation: Json, parts: Json = {}): Json {
  return documentOf({
    paths: { '/things': { post: { responses: { '200': { description: '' } }, ...operation } } },
    ...parts,
  });
}

const json = (schema: unknown): Json => ({ 'application/json': { schema } });

/** Where a schema can stand, and which way it goes there. */
export const PLACES = {
  'request body': (schema: unknown) => withOperation({ requestBody: { required: true, content: json(schema) } }),
  'response body': (schema: unknown) =>
    withOperation({ responses: { '200': { description: '', content: json(schema) } } }),
  'response header': (schema: unknown) =>
    withOperation({ responses: { '200': { description: '', headers: { 'X-A': { required: true, schema } } } } }),
  'body of a webhook': (schema: unknown) =>
    documentOf({ webhooks: { paid: { post: { requestBody: { required: true, content: json(schema) } } } } }),
  'answer to a webhook': (schema: unknown) =>
    documentOf({ webhooks: { paid: { post: { responses: { '200': { description: '', content: json(schema) } } } } } }),
  'body of a callback': (schema: unknown) =>
    withOperation({
      callbacks: { paid: { '{$request.body#/url}': { post: { requestBody: { content: json(schema) } } } } },
    }),
  'property of a request': (schema: unknown) =>
    withOperation({ requestBody: { content: json({ type: 'object', properties: { a: schema } }) } }),
  'items of a response': (schema: unknown) =>
    withOperation({ responses: { '200': { description: '', content: json({ type: 'array', items: schema }) } } }),
} as const satisfies Readonly<Record<string, (schema: unknown) => Json>>;

export type Place = keyof typeof PLACES;

export const REQUEST_PLACES: readonly Place[] = ['request body', 'answer to a webhook', 'property of a request'];
export const RESPONSE_PLACES: readonly Place[] = [
  'response body',
  'response header',
  'body of a webhook',
  'body of a callback',
  'items of a response',
];
