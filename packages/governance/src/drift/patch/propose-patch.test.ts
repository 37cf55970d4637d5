import type { FieldShape, Observation, ObservedFinding } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { parseSpec } from '../../document/spec-document.ts';
import { ledgerOf, observed, withFindings } from '../__fixtures__/observations.ts';
import { driftReport } from '../drift-report.ts';
import { proposePatch, type DriftPatch } from './propose-patch.ts';

function patchOf(text: string, ...observations: readonly Observation[]): DriftPatch {
  const spec = parseSpec(text, 'shop.yaml');
  return proposePatch(spec, driftReport(spec.root, ledgerOf(...observations)), { now: 0 });
}

const head = (version: string): string => `openapi: ${version}\ninfo: { title: a, version: 1.0.0 }\n`;
const things = (schema: string, more = '', version = '3.1.0'): string =>
  `${head(version)}paths: { /things: { get: { responses: { "200": { description: "", content: { application/json: { schema: ${schema} } } } } } } }\n${more}`;
const FIELD = 'reply 200 application/json /a';
const field = (types: readonly string[], where = FIELD): ObservedFinding => ({ kind: 'unknown-field', where, shape: { types } }); // prettier-ignore

/** `pointer value` of each operation. */
function operations(text: string, ...found: readonly ObservedFinding[]): readonly string[] {
  return patchOf(text, withFindings(...found)).operations.map(({ op, path, value }) => {
    expect(op).toBe('add');
    return `${path.replace('/paths/~1things/get/responses/200/content/application~1json/schema', '~')} ${JSON.stringify(value)}`;
  });
}

describe('a patch', () => {
  it.each<[string, string, ObservedFinding, readonly string[]]>([
    ['adds a property', things('{ properties: { b: {} } }'), field(['string']), ['~/properties/a {"type":"string"}']],
    ['adds one of several types', things('{ properties: {} }'), field(['null', 'string']), ['~/properties/a {"type":["null","string"]}']], // prettier-ignore
    ['says null as 3.0 says it', things('{ properties: {} }', '', '3.0.3'), field(['null', 'string']), ['~/properties/a {"type":"string","nullable":true}']], // prettier-ignore
    ['says nothing where 3.0 cannot say it', things('{ properties: {} }', '', '3.0.3'), field(['integer', 'string']), ['~/properties/a {}']], // prettier-ignore
    ['adds it where it is written', things('{ $ref: "#/components/schemas/T" }', 'components: { schemas: { T: { properties: { b: {} } } } }'), field(['string']), ['/components/schemas/T/properties/a {"type":"string"}']], // prettier-ignore
    ['adds it to the part that all have', things('{ oneOf: [ { properties: { x: {} } }, { properties: { y: {} } } ], properties: { z: {} } }'), field(['string']), ['~/properties/a {"type":"string"}']], // prettier-ignore
    ['adds it to all alternatives', things('{ oneOf: [ { properties: { x: {} } }, { properties: { y: {} } } ] }'), field(['string']), ['~/oneOf/0/properties/a {"type":"string"}', '~/oneOf/1/properties/a {"type":"string"}']], // prettier-ignore
    ['adds it wherever others are not allowed', things('{ allOf: [ { additionalProperties: false }, { properties: { x: {} } } ] }'), field(['string']), ['~/allOf/0/properties {}', '~/allOf/0/properties/a {"type":"string"}']], // prettier-ignore
    ['adds a word', things('{ properties: { a: { enum: [x] } } }'), { kind: 'enum-value', where: FIELD, value: 'y' }, ['~/properties/a/enum/- "y"']], // prettier-ignore
    ['adds a number to numbers', things('{ properties: { a: { enum: [1] } } }'), { kind: 'enum-value', where: FIELD, value: '2' }, ['~/properties/a/enum/- 2']], // prettier-ignore
    ['adds a status', things('{}'), { kind: 'undeclared-status', where: 'reply 202' }, ['/paths/~1things/get/responses/202 {"description":"Seen in traffic: 202"}']], // prettier-ignore
    ['adds a media type', things('{}'), { kind: 'undeclared-content-type', where: 'reply 200 text/csv' }, ['/paths/~1things/get/responses/200/content/text~1csv {}']], // prettier-ignore
    ['adds a parameter', things('{}'), { kind: 'undeclared-parameter', where: 'query q' }, ['/paths/~1things/get/parameters []', '/paths/~1things/get/parameters/- {"name":"q","in":"query","schema":{"type":"string"}}']], // prettier-ignore
    ['adds a body', things('{}'), { kind: 'undeclared-body', where: 'request application/json', shape: { types: ['object'] } }, ['/paths/~1things/get/requestBody {}', '/paths/~1things/get/requestBody/content {}', '/paths/~1things/get/requestBody/content/application~1json {"schema":{"type":"object"}}']], // prettier-ignore
  ])('%s', (_, text, finding, expected) => expect(operations(text, finding)).toEqual(expected));

  it.each<[string, string, ObservedFinding, RegExp]>([
    ['what contradicts the document', things('{ required: [a] }'), { kind: 'missing-required', where: FIELD }, /which of the two is wrong/], // prettier-ignore
    [
      'what has no name',
      things('{ properties: {} }'),
      field(['string'], 'reply 200 application/json /*'),
      /no single name/,
    ],
    ['a word that may not be told', things('{ properties: { a: { enum: [x] } } }'), { kind: 'enum-value', where: FIELD }, /may be told/], // prettier-ignore
  ])('leaves out %s, and says why', (_, text, finding, why) => {
    const { operations: none, leftOut, text: written, verdict } = patchOf(text, withFindings(finding));
    expect([none, written, verdict]).toEqual([[], undefined, 'compatible']);
    expect(leftOut).toMatchObject([{ operation: 'GET /things', why: expect.stringMatching(why), count: 1 }]);
  });

  it('joins what two findings want at one place, and counts each', () => {
    const text = things('{ properties: { x: { $ref: "#/components/schemas/T" }, y: { $ref: "#/components/schemas/T" } } }', 'components: { schemas: { T: { properties: {} } } }'); // prettier-ignore
    const at = (name: string, shape: FieldShape): ObservedFinding => ({ kind: 'unknown-field', where: `reply 200 application/json /${name}/a`, shape }); // prettier-ignore
    const { operations: added, changes } = patchOf(text, withFindings(at('x', { types: ['string'] })), withFindings(at('x', { types: ['string'] }), at('y', { types: ['null'] }))); // prettier-ignore
    expect(added).toEqual([{ op: 'add', path: '/components/schemas/T/properties/a', value: { type: ['null', 'string'] } }]); // prettier-ignore
    expect(changes.map(({ count, paths, reason }) => [count, paths, reason])).toEqual([
      [2, ['/components/schemas/T/properties/a'], 'x.a of the reply 200 (application/json) is not described: string'],
      [1, ['/components/schemas/T/properties/a'], 'y.a of the reply 200 (application/json) is not described: null'],
    ]);
  });

  it('tells which additions callers may not be ready for', () => {
    const text = things('{ properties: { a: { enum: [x] } } }');
    const { verdict, risks } = patchOf(text, withFindings({ kind: 'enum-value', where: FIELD, value: 'y' }, field(['string'], `${FIELD}b`))); // prettier-ignore
    expect(verdict).toBe('warning');
    expect(risks).toMatchObject([{ operation: 'GET /things', message: expect.stringContaining('"y" was added') }]);
  });

  it('adds an operation, below a path that is there', () => {
    const text = `${head('3.1.0')}paths:\n  /things/{id}:\n    parameters: [ { name: id, in: path, required: true } ]\n    get: { responses: {} }\n`; // prettier-ignore
    const shape: FieldShape = { types: ['object'], members: { '*': { types: ['integer'] } } };
    const call = observed({
      operation: undefined,
      method: 'PUT',
      path: '/things/7',
      status: 201,
      findings: [
        { kind: 'undeclared-body', where: 'request application/json', shape },
        { kind: 'undeclared-parameter', where: 'query dry' },
        { kind: 'undeclared-status', where: 'reply 201 application/json', shape: { types: ['array'] } },
      ],
    });
    const { document, verdict } = patchOf(text, call);
    expect(document).toMatchObject({
      paths: {
        '/things/{id}': {
          put: {
            parameters: [{ name: 'dry', in: 'query' }],
            requestBody: { content: { 'application/json': { schema: { type: 'object', additionalProperties: { type: 'integer' } } } } }, // prettier-ignore
            responses: { 201: { content: { 'application/json': { schema: { type: 'array', items: {} } } } } },
          },
        },
      },
    });
    expect(verdict).toBe('compatible');
  });

  it('adds a path with its parameters', () => {
    const { operations: added } = patchOf(`${head('3.1.0')}paths: {}\n`, observed({ operation: undefined, path: '/jobs/7' })); // prettier-ignore
    expect(added.map(({ path }) => path)).toEqual([
      '/paths/~1jobs~1{jobId}',
      '/paths/~1jobs~1{jobId}/get',
      '/paths/~1jobs~1{jobId}/get/parameters',
      '/paths/~1jobs~1{jobId}/get/parameters/-',
      '/paths/~1jobs~1{jobId}/get/responses',
      '/paths/~1jobs~1{jobId}/get/responses/200',
    ]);
  });

  it('leaves what stands in another file to that file', () => {
    const finding = field(['string']);
    // Not open: what is not seen cannot be missed.
    expect(operations(things('{ $ref: "other.yaml#/T" }'), finding)).toEqual([]);
  });
});
