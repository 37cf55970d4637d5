import fc from 'fast-check';

const NAMES = ['A', 'B', 'C', 'D'] as const;
const ref = fc.constantFrom(...NAMES).map((name) => ({ $ref: `#/components/schemas/${name}` }));

/** Schemas as people write them, with references in circles, for `fc.letrec`. */
const { schema } = fc.letrec<{ schema: object; leaf: object; deep: object }>((tie) => ({
  leaf: fc.oneof(
    fc.record({ type: fc.constantFrom('string', 'integer', 'number', 'boolean'), nullable: fc.boolean() }),
    fc.record({ type: fc.constant('string'), enum: fc.uniqueArray(fc.constantFrom('x', 'y', 'z'), { minLength: 1 }) }),
    fc.record({
      type: fc.constant('string'),
      maxLength: fc.nat(9),
      minLength: fc.nat(9),
      pattern: fc.constantFrom('^a', 'b$'),
    }),
    fc.record({
      type: fc.constant(['integer', 'null']),
      minimum: fc.integer({ min: -5, max: 5 }),
      format: fc.constantFrom('int32', 'int64'),
    }),
    fc.record({ const: fc.constantFrom('x', 1, null) }),
    ref,
  ),
  deep: fc.oneof(
    fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor'), tie('schema'), {
        maxKeys: 3,
      }),
      required: fc.uniqueArray(fc.constantFrom('a', 'b', 'c')),
      additionalProperties: fc.oneof(fc.boolean(), tie('schema')),
    }),
    fc.record({ type: fc.constant('array'), items: tie('schema'), uniqueItems: fc.boolean() }),
    fc.record({ oneOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }) }),
    fc.record({ anyOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }), type: fc.constant('object') }),
    fc.record({ allOf: fc.array(tie('schema'), { minLength: 1, maxLength: 3 }), description: fc.string() }),
    fc.record({ not: tie('schema') }),
  ),
  schema: fc.oneof({ maxDepth: 4, depthSize: 'small' }, tie('leaf'), tie('deep')),
}));

export const schemas: fc.Arbitrary<object> = schema;

const content = schema.map((one) => ({ 'application/json': { schema: one } }));
const parameters = fc.uniqueArray(
  fc.record({
    name: fc.constantFrom('p', 'q', 'r'),
    in: fc.constantFrom('query', 'header'),
    required: fc.boolean(),
    schema,
  }),
  { maxLength: 3, selector: ({ name, in: where }) => `${where}${name}` },
);
const responses = fc.dictionary(fc.constantFrom('200', '201', '2XX', '404', 'default'), fc.record({ content }), {
  minKeys: 1,
});
const security = fc.array(fc.constantFrom({ key: [] }, { login: ['a'] }, { login: ['a', 'b'] }, {}), { maxLength: 3 });
const operation = fc.record(
  {
    operationId: fc.string(),
    parameters,
    requestBody: fc.record({ content, required: fc.boolean() }),
    responses,
    security,
  },
  { requiredKeys: ['responses'] },
);
const item = fc.record({ get: operation, post: operation }, { requiredKeys: ['get'] });

/** Valid documents of some size. */
export const documents: fc.Arbitrary<object> = fc.record({
  openapi: fc.constantFrom('3.0.3', '3.1.0', '3.2.0'),
  info: fc.constant({ title: 'generated', version: '1.0.0' }),
  paths: fc.dictionary(fc.constantFrom('/a', '/b/{id}', '/c'), item, { maxKeys: 3 }),
  webhooks: fc.dictionary(fc.constantFrom('paid', 'sent'), item, { maxKeys: 1 }),
  components: fc.record({
    schemas: fc.record({ A: schema, B: schema, C: schema, D: schema }),
    securitySchemes: fc.constant({
      key: { type: 'apiKey', in: 'header', name: 'X-Key' },
      login: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: 'https://t', scopes: { a: '', b: '' } } } },
    }),
  }),
});

/** The same with keys, and lists whose order means nothing, the other way round; but for lists named in `kept`. */
export function reversed(value: unknown, key = '', kept: ReadonlySet<string> = new Set()): unknown {
  if (Array.isArray(value)) {
    const items = value.map((each) => reversed(each, '', kept));
    return UNORDERED.has(key) && !kept.has(key) ? items.toReversed() : items;
  }
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toReversed();
  return Object.fromEntries(entries.map(([name, each]) => [name, reversed(each, name, kept)]));
}

const UNORDERED: ReadonlySet<string> = new Set([
  'required',
  'enum',
  'type',
  'oneOf',
  'anyOf',
  'allOf',
  'parameters',
  'security',
]);
