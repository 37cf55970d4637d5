import { upgradeSwagger } from '@gatehouse/governance';
import { joined, NO_CONTEXT } from '@gatehouse/policies/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

/** What the gate finds wrong with a document. */
function problemsOf(document: unknown): readonly string[] {
  const said: string[] = [];
  const text = JSON.stringify(document);
  joined('validate').compile?.(joined('validate').parse({ patterns: 'ignore' }), {
    ...NO_CONTEXT,
    document: { file: 'swagger.json', text },
    problem: (why) => void said.push(why),
  });
  return said;
}

const KEYWORDS = ['type', 'format', 'items', 'enum', 'minimum', 'exclusiveMinimum', 'maxLength', 'pattern', 'required', 'properties', 'allOf', 'additionalProperties', 'discriminator', 'x-nullable', 'example', 'multipleOf', 'nonsense']; // prettier-ignore
const plain = fc.constantFrom<unknown>('string', 'integer', 'array', 'object', 'file', 'any', '#/definitions/A', '#/definitions/B«C»', true, 0, 1, -1, ['a'], ['a', null], null); // prettier-ignore
const schema = fc.letrec<{ schema: unknown }>((tie) => ({
  schema: fc.oneof(
    fc.constantFrom({ $ref: '#/definitions/A' }, { $ref: '#/definitions/B%C2%ABC%C2%BB', maxLength: 1 }),
    fc.dictionary(
      fc.constantFrom(...KEYWORDS),
      fc.oneof({ maxDepth: 3 }, plain, tie('schema'), fc.array(tie('schema'), { maxLength: 2 })),
      { maxKeys: 4, noNullPrototype: true },
    ),
  ),
})).schema;
const parameter = fc.oneof(
  fc.constantFrom<unknown>({ $ref: '#/parameters/P' }, { $ref: '#/parameters/B' }, 5),
  fc.record(
    {
      name: fc.constantFrom('a', 'b', 'X-C'),
      in: fc.constantFrom('query', 'path', 'header', 'formData', 'body', 'cookie'),
      type: fc.constantFrom('string', 'integer', 'array', 'file'),
      items: schema,
      collectionFormat: fc.constantFrom('csv', 'ssv', 'tsv', 'pipes', 'multi', 5),
      schema,
      required: fc.constantFrom(true, false, 'yes'),
    },
    { requiredKeys: ['name', 'in'] },
  ),
);
const media = fc.constantFrom<unknown>(['application/json'], ['multipart/form-data', 'text/plain'], 'json', undefined);
const operation = fc.record(
  {
    parameters: fc.array(parameter, { maxLength: 4 }),
    consumes: media,
    produces: media,
    responses: fc.dictionary(
      fc.constantFrom('200', '404', 'default', 'x-a', 'bad'),
      fc.oneof(
        fc.constant({ $ref: '#/responses/R' }),
        fc.record(
          { description: plain, schema, headers: fc.dictionary(fc.constant('X-A'), schema) },
          { requiredKeys: [] },
        ),
      ),
    ),
  },
  { requiredKeys: [] },
);
const swagger = fc.record({
  swagger: fc.constant('2.0'),
  info: fc.constant({ title: 'A', version: '1' }),
  paths: fc.dictionary(
    fc.constantFrom('/a', '/a/{b}'),
    fc.dictionary(fc.constantFrom('get', 'post', 'parameters', 'x-a'), operation, { maxKeys: 3 }),
  ),
  // Those that others refer to are there, and do not lead in a circle: that is the author's to mend.
  definitions: fc.constant({ A: { type: 'object' }, 'B«C»': { allOf: [{ $ref: '#/definitions/A' }] } }),
  parameters: fc.constant({ P: { name: 'p', in: 'query', type: 'string' }, B: { name: 'b', in: 'body', schema: {} } }),
  responses: fc.constant({ R: { description: 'r', schema: { $ref: '#/definitions/A' } } }),
});

it('whatever was Swagger, the gate can read what became of it', () => {
  fc.assert(
    fc.property(swagger, (written) => {
      expect(problemsOf(upgradeSwagger(written).document)).toEqual([]);
    }),
    { numRuns: 500 },
  );
});

it('the gate refuses what was not upgraded', () => {
  expect(problemsOf({ swagger: '2.0' })).toHaveLength(1);
});
