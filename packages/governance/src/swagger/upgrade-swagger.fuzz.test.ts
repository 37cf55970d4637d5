import fc from 'fast-check';
import { expect, it } from 'vitest';
import { pointed, treeProblem } from '../tree/json-tree.ts';
import { upgradeSwagger } from './upgrade-swagger.ts';

const NAMES = [
  'swagger',
  'paths',
  '/a',
  'get',
  'parameters',
  'name',
  'in',
  'type',
  'schema',
  '$ref',
  'responses',
  '200',
  'definitions',
  'A',
  'items',
  'properties',
  'consumes',
  'headers',
  'examples',
  'required',
  'securityDefinitions',
  'flow',
  'collectionFormat',
  '__proto__',
  'constructor',
  'toString',
  'x-a',
];
const TEXTS = [
  'body',
  'formData',
  'query',
  'path',
  'array',
  'file',
  'string',
  'oauth2',
  'implicit',
  'multi',
  '#/definitions/A',
  '#/parameters/A',
  '#/responses/A',
  '#/paths/~1a',
  'application/json',
  '2.0',
];
const tree = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 8, depthSize: 'large' },
    fc.constantFrom<unknown>(...TEXTS, null, true, 0, -1, 1.5),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom(...NAMES), tie('value'), { maxKeys: 6, noNullPrototype: true }),
  ),
})).value;
const root = fc.record(
  {
    swagger: fc.constant('2.0'),
    paths: fc.dictionary(fc.constantFrom('/a', '/b', 'x-c', 'd'), tree),
    definitions: tree,
    parameters: tree,
    responses: tree,
    securityDefinitions: tree,
    consumes: tree,
    produces: tree,
    host: tree,
    schemes: tree,
  },
  { requiredKeys: [] },
);

it('never throws, and gives a tree that JSON can hold', () => {
  fc.assert(
    fc.property(fc.oneof(root, tree), (value) => {
      const { document, losses } = upgradeSwagger(value);
      expect(treeProblem(document, { partsMax: 200_000, depthMax: 300 })).toBeUndefined();
      expect(JSON.parse(JSON.stringify(document))).toMatchObject({ openapi: '3.1.0' });
      expect(losses.length).toBeLessThanOrEqual(1001);
    }),
    { numRuns: 2000 },
  );
});

it('names losses where they stand', () => {
  fc.assert(
    fc.property(root, (value) => {
      const { losses } = upgradeSwagger(value);
      const places = losses.filter(({ pointer }) => pointer !== '' && pointer !== '/swagger');
      for (const { pointer } of places) expect([pointer, pointed(value, pointer)]).not.toEqual([pointer, undefined]);
    }),
    { numRuns: 1000 },
  );
});

const attacks: Readonly<Record<string, () => unknown>> = {
  'a large shared body that thousands use': () => {
    const extensions = Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`x-${index}`, 0]));
    const paths = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [
        `/${index}`,
        { post: { parameters: [{ $ref: '#/parameters/B' }] } },
      ]),
    );
    return { swagger: '2.0', paths, parameters: { B: { name: 'b', in: 'body', schema: {}, ...extensions } } };
  },
  'a large shared reply that thousands write out': () => {
    const headers = Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [`X-${index}`, { type: 'string' }]),
    );
    const get = { produces: ['text/plain'], responses: { 200: { $ref: '#/responses/R' } } };
    return {
      swagger: '2.0',
      paths: Object.fromEntries(Array.from({ length: 20_000 }, (_, index) => [`/${index}`, { get }])),
      responses: { R: { headers } },
    };
  },
  'thousands of names that become one': () => ({
    swagger: '2.0',
    definitions: Object.fromEntries(
      Array.from({ length: 20_000 }, (_, index) => [String.fromCodePoint(0x4e00 + index), {}]),
    ),
  }),
  'references in a circle': () => ({
    swagger: '2.0',
    parameters: { A: { $ref: '#/parameters/B' }, B: { $ref: '#/parameters/A' } },
    paths: { '/a': { get: { parameters: [{ $ref: '#/parameters/A' }] } } },
  }),
};
for (const [name, value] of Object.entries(attacks)) {
  it(`${name} take no long time`, () => {
    const made = value();
    const begun = performance.now();
    upgradeSwagger(made);
    expect(performance.now() - begun).toBeLessThan(8000);
  });
}
