import type { Observation, ObservedFinding } from '@gatehouse/kernel';
import fc from 'fast-check';
import { parse } from 'yaml';
import { describe, expect, it } from 'vitest';
import { ledgerOf, observed, withFindings } from './__fixtures__/observations.ts';
import { driftReport, type DriftReport } from './drift-report.ts';
import { findingText } from './finding-text.ts';

/** A document of one operation, `GET /things`. */
function documentOf(operation: string, components = '{}'): unknown {
  return parse(`{ openapi: 3.1.0, paths: { /things: { get: ${operation} } }, components: ${components} }`);
}

const replyOf = (schema: string): string =>
  `{ responses: { "200": { content: { application/json: { schema: ${schema} } } } } }`;
const FIELD = 'reply 200 application/json /a';

function reportOf(document: unknown, ...observations: readonly Observation[]): DriftReport {
  return driftReport(document, ledgerOf(...observations), { unusedSamplesMin: 1 });
}

function found(document: unknown, finding: ObservedFinding): readonly string[] {
  const { operations } = reportOf(document, withFindings(finding));
  return operations.flatMap(({ findings }) => findings.map(({ level, kind }) => `${level} ${kind}`));
}

describe('what was found', () => {
  it.each<[string, ObservedFinding, string, readonly string[]]>([
    ['is told of a field', { kind: 'unknown-field', where: FIELD }, replyOf('{ properties: { b: {} } }'), ['info unknown-field']], // prettier-ignore
    ['is graver where nothing else may be', { kind: 'unknown-field', where: FIELD, rule: 'false' }, replyOf('{ properties: { b: {} }, additionalProperties: false }'), ['error unknown-field']], // prettier-ignore
    ['is settled by a property', { kind: 'unknown-field', where: FIELD }, replyOf('{ properties: { a: {} } }'), []],
    ['is settled by one beside a reference', { kind: 'unknown-field', where: FIELD }, replyOf('{ $ref: "#/components/schemas/A", properties: { a: {} } }'), []], // prettier-ignore
    ['is settled by a table', { kind: 'unknown-field', where: FIELD }, replyOf('{ additionalProperties: { type: string } }'), []], // prettier-ignore
    [
      'is settled by a pattern',
      { kind: 'unknown-field', where: FIELD },
      replyOf('{ patternProperties: { "^a": {} } }'),
      [],
    ],
    [
      'is settled where the place is gone',
      { kind: 'unknown-field', where: `${FIELD}/b` },
      replyOf('{ properties: {} }'),
      [],
    ],
    ['is told of what is missing', { kind: 'missing-required', where: FIELD }, replyOf('{ required: [a] }'), ['error missing-required']], // prettier-ignore
    ['is settled where it need not be', { kind: 'missing-required', where: FIELD }, replyOf('{}'), []],
    ['is told of a word', { kind: 'enum-value', where: FIELD, value: 'x' }, replyOf('{ properties: { a: { enum: [y] } } }'), ['warning enum-value']], // prettier-ignore
    ['is settled by the word', { kind: 'enum-value', where: FIELD, value: 'x' }, replyOf('{ properties: { a: { enum: [y, x] } } }'), []], // prettier-ignore
    ['is settled by no list at all', { kind: 'enum-value', where: FIELD, value: 'x' }, replyOf('{ properties: { a: {} } }'), []], // prettier-ignore
    ['is told of a type', { kind: 'type', where: FIELD, shape: { types: ['string'] } }, replyOf('{ properties: { a: { type: number } } }'), ['error type']], // prettier-ignore
    ['is settled by a wider type', { kind: 'type', where: FIELD, shape: { types: ['integer'] } }, replyOf('{ properties: { a: { type: number } } }'), []], // prettier-ignore
    ['is settled by null', { kind: 'type', where: FIELD, shape: { types: ['null'] } }, replyOf('{ properties: { a: { type: [string, "null"] } } }'), []], // prettier-ignore
    ['is told of a bound', { kind: 'constraint', where: FIELD, rule: 'maxLength' }, replyOf('{ properties: { a: { maxLength: 3 } } }'), ['warning constraint']], // prettier-ignore
    ['is settled without the bound', { kind: 'constraint', where: FIELD, rule: 'maxLength' }, replyOf('{ properties: { a: {} } }'), []], // prettier-ignore
    ['is told of a status', { kind: 'undeclared-status', where: 'reply 409 application/json' }, '{ responses: { "200": {} } }', ['warning undeclared-status']], // prettier-ignore
    ['is news only of a failure', { kind: 'undeclared-status', where: 'reply 503' }, '{ responses: { "200": {} } }', ['info undeclared-status']], // prettier-ignore
    ['is settled by a range with that type', { kind: 'undeclared-status', where: 'reply 409 application/json' }, '{ responses: { 4XX: { content: { application/*: {} } } } }', []], // prettier-ignore
    ['is told of a range without it', { kind: 'undeclared-status', where: 'reply 409 application/json' }, '{ responses: { 4XX: {} } }', ['warning undeclared-status']], // prettier-ignore
    ['is told of a parameter', { kind: 'undeclared-parameter', where: 'query a' }, '{}', ['info undeclared-parameter']],
    ['is settled by the parameter', { kind: 'undeclared-parameter', where: 'query a' }, '{ parameters: [ { $ref: "#/components/parameters/A" } ] }', []], // prettier-ignore
    ['is told of a field in a request', { kind: 'type', where: 'request application/json /a', shape: { types: ['string'] } }, '{ requestBody: { content: { application/json: { schema: { properties: { a: { type: number } } } } } } }', ['warning type']], // prettier-ignore
  ])('%s', (_, finding, operation, expected) => {
    const components = '{ schemas: { A: { properties: { c: {} } } }, parameters: { A: { name: a, in: query } } }';
    expect(found(documentOf(operation, components), finding)).toEqual(expected);
  });

  it('is counted by calls: those with nothing graver than news keep to the document', () => {
    const grave = { kind: 'missing-required', where: FIELD } as const;
    const news = { kind: 'unknown-field', where: 'reply 200 application/json /z' } as const;
    const document = documentOf(replyOf('{ required: [a], properties: { a: {} } }'));
    const report = reportOf(document, withFindings(grave, news), withFindings(news), withFindings(grave), observed());
    expect([report.conformance, report.level]).toEqual([0.5, 'error']);
    expect(report.operations[0]?.findings.map(({ kind, count }) => [kind, count])).toEqual([
      ['missing-required', 2],
      ['unknown-field', 2],
    ]);
  });

  it('says how many calls were held against another text', () => {
    const state = ledgerOf(observed(), observed({ document: 'bbbbbbbbbbbb' }));
    expect(driftReport(documentOf('{}'), state, { fingerprint: 'aaaaaaaaaaaa' }).byOtherDocuments).toBe(1);
  });

  it('is said in words', () => {
    const shape = { types: ['array'], items: { types: ['object'], members: { b: { types: ['integer', 'null'] } } } };
    const times = { count: 1, firstSeenMs: 0, lastSeenMs: 0 };
    expect(findingText({ kind: 'unknown-field', where: 'reply 2XX application/json /*/a/b', shape, ...times })).toBe(
      '[].a.b of the reply 2XX (application/json) is not described: { b: integer | null }[]',
    );
  });
});

describe('who may call', () => {
  const schemes = '{ securitySchemes: { t: { type: http, scheme: Bearer }, k: { type: apiKey, in: header, name: X-Key }, o: { type: oauth2 } } }'; // prettier-ignore
  const call = (shown: readonly string[], asked: readonly string[], status = 200): Observation => observed({ shown, asked, status }); // prettier-ignore
  it.each<[string, string, readonly Observation[], string]>([
    ['anybody, by all three', '[]', [call([], [])], 'agrees'],
    ['anybody, where credentials are optional', '[ { t: [] }, {} ]', [call([], [])], 'agrees'],
    ['those with a token', '[ { t: [] } ]', [call(['bearer'], ['jwt'])], 'agrees'],
    ['those with a token of an issuer', '[ { o: [read] } ]', [call(['bearer'], ['jwt'])], 'agrees'],
    ['those with both', '[ { t: [], k: [] } ]', [call(['bearer', 'header x-key'], ['jwt'])], 'agrees'],
    ['only those with both', '[ { t: [], k: [] } ]', [call(['bearer'], ['jwt'])], 'other-credential'],
    ['anybody, though the document says otherwise', '[ { t: [] } ]', [call(['bearer'], []), call([], [])], 'unprotected'], // prettier-ignore
    ['whom the service lets in', '[ { t: [] } ]', [call(['bearer'], []), call([], [], 401)], 'left-to-the-service'],
    ['those whom the gate lets in, and nobody is told', '[]', [call(['bearer'], ['key'])], 'undeclared-protection'],
    ['those with another key', '[ { k: [] } ]', [call(['bearer'], ['key'])], 'other-credential'],
    ['nobody knows: nobody called', '[ { t: [] } ]', [], 'unseen'],
  ])('%s', (_, security, calls, verdict) => {
    const { security: parity } = reportOf(documentOf(`{ security: ${security} }`, schemes), ...calls);
    expect(parity.map((each) => each.verdict)).toEqual([verdict]);
  });
});

describe('what nobody uses', () => {
  const document = documentOf(
    `{ parameters: [ { name: q, in: query }, { name: X-A, in: header }, { name: Accept, in: header } ],
       responses: { "200": { content: { application/json: { schema: { $ref: "#/components/schemas/Tree" } }, text/csv: {} } }, "404": {}, "500": {} } }`,
    '{ schemas: { Tree: { properties: { a: { properties: { b: {} } }, c: { type: array, items: { properties: { d: {} } } }, t: { $ref: "#/components/schemas/Tree" }, w: { writeOnly: true } } } } }',
  );
  const reply = 'reply 200 application/json';
  it.each<[string, readonly string[], readonly string[]]>([
    ['is told of nothing inside of what was never there', [], ['query q', 'header x-a', 'reply 200', 'reply 404']],
    ['is told up to what was there', ['query q', 'reply 200', reply, 'reply 404'], ['header x-a', `${reply} /a`, `${reply} /c`, `${reply} /t`, 'reply 200 text/csv']], // prettier-ignore
    ['is told of what is in items that were there', ['query q', 'header x-a', 'reply 200', 'reply 404', reply, 'reply 200 text/csv', `${reply} /a/b`, `${reply} /c/*/x`, `${reply} /t/a/b`, `${reply} /t/c`, `${reply} /t/t`], [`${reply} /c/*/d`, `${reply} /t/t/a`, `${reply} /t/t/c`, `${reply} /t/t/t`]], // prettier-ignore
  ])('%s', (_, seen, expected) => {
    expect(reportOf(document, observed({ seen })).unused.map(({ where }) => where)).toEqual(expected);
  });

  it('is an operation that nobody called', () => {
    const two = parse('{ openapi: 3.1.0, paths: { /things: { get: {}, post: {} }, /other: { get: {} } } }');
    expect(reportOf(two, observed()).unseenOperations).toEqual(['POST /things', 'GET /other']);
  });
});

describe('calls that no operation is for', () => {
  const shadow = (method: string, path: string): Observation => observed({ operation: undefined, method, path });
  it.each<[string, readonly Observation[], readonly string[]]>([
    ['are another method of a path', [shadow('DELETE', '/things/7')], ['DELETE /things/{thing} 1']],
    ['have names for their values', [shadow('GET', '/jobs/7/runs/8'), shadow('GET', '/jobs/9/runs/1')], ['GET /jobs/{jobId}/runs/{runId} 2']], // prettier-ignore
    ['are joined where there are many', Array.from({ length: 40 }, (_, at) => shadow('GET', `/tags/${'abcdefghij'[at % 10]}${'xyzw'[at % 4]}${at}`)), ['GET /tags/{tagId} 40']], // prettier-ignore
    ['are operations that the document has no more', [observed({ operation: 'GET /gone/{id}' })], ['GET /gone/{goneId} 1']], // prettier-ignore
    ['are none where the document has them by now', [shadow('GET', '/things/7')], []],
  ])('%s', (_, calls, expected) => {
    const document = parse('{ openapi: 3.1.0, paths: { "/things/{thing}": { get: {} } } }');
    const { shadowRoutes } = reportOf(document, ...calls);
    expect(shadowRoutes.map(({ method, path, samples }) => `${method} ${path} ${samples}`)).toEqual(expected);
  });
});

it('a report is made of any document and any ledger', () => {
  const operation = fc.constantFrom('GET /a', 'GET /a/{b}', '', 'x', 'GET __proto__');
  const where = fc.oneof(
    fc.string(),
    fc.constantFrom('reply', 'request', 'reply 200 a/b /', 'query', ' ', 'reply 200 a/b /x/*'),
  );
  const kind = fc.constantFrom('unknown-field', 'type', 'constraint', 'enum-value', 'undeclared-status', 'missing-required'); // prettier-ignore
  const finding = fc.record({ kind, where, rule: fc.option(fc.string(), { nil: undefined }) });
  const document = fc.oneof(
    fc.jsonValue(),
    fc.record({ paths: fc.dictionary(fc.constantFrom('/a', '/a/{b}', 'x'), fc.dictionary(fc.constantFrom('get', 'parameters'), fc.jsonValue())), components: fc.jsonValue(), security: fc.jsonValue() }), // prettier-ignore
  );
  fc.assert(
    fc.property(document, fc.array(fc.tuple(operation, fc.array(finding))), (root, all) => {
      const calls = all.map(([key, findings]) => observed({ operation: key, findings, seen: findings.map((each) => each.where) })); // prettier-ignore
      expect(reportOf(root, ...calls).samples).toBe(calls.length);
    }),
  );
});
