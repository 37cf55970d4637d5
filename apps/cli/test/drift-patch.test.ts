import { DriftLedger, driftReport, parseSpec, proposePatch, type DriftReport } from '@gatehouse/governance';
import type { Observation } from '@gatehouse/kernel';
import type { PolicyHooks } from '@gatehouse/policies';
import { fakeExchange, fakeTools, joined, NO_CONTEXT, throughReply } from '@gatehouse/policies/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const BODY = `
      requestBody: { content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } } }
      responses:
        '200': { description: OK, content: { application/json: { schema: { $ref: '#/components/schemas/Order' } } } }`;

/** A schema language each, and objects that are put together in every way that documents know. */
const DOCUMENTS = [
  `openapi: 3.1.0
info: { title: Orders, version: 1.0.0 }
paths:
  /orders:
    post:${BODY}
components:
  schemas:
    Order:
      allOf:
        - $ref: '#/components/schemas/Base' # all have it
        - type: object
          properties:
            items: { type: array, items: { $ref: '#/components/schemas/Item' } }
            buyer:
              oneOf:
                - { type: object, required: [name], properties: { name: { type: string } } }
                - { type: object, required: [code], properties: { code: { type: string } } }
            notes: { type: object, additionalProperties: { type: object, properties: { text: { type: string } } } }
    Base: { type: object, properties: { id: { type: string }, state: { enum: [open, done] } } }
    Item:
      type: object
      additionalProperties: false
      properties:
        id: { type: string }
        state:
          type: string
          enum: [ open, done ]
`,
  `openapi: 3.0.3
info: { title: Orders, version: 1.0.0 }
paths: { /orders: { post: {${BODY.replaceAll('\n', ' ').replace(' requestBody', ' "requestBody"').replace('} } }       responses:', '} } }, responses: {').trimEnd()} } } } }
components: { schemas: { Order: { type: object, properties: { id: { type: string, nullable: true }, state: { type: string, enum: [open] }, items: { type: array, items: { type: object, properties: {} } } } } } }
`,
];

function gateOf(text: string, observed: Observation[]): PolicyHooks {
  const context = { ...NO_CONTEXT, basePath: '/v1', document: { file: 'orders.yaml', text } };
  const tools = fakeTools('test#0', {
    route: { method: '*', path: '/v1/*', access: 'open' },
    observed: (each) => void observed.push({ ...each, worker: 0 }),
  });
  return joined('drift', context).build({ sample: '100%', perSecond: 10_000 }, tools);
}

interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly sent: unknown;
  readonly status: number;
  readonly got: unknown;
}

async function observe(text: string, calls: readonly Call[]): Promise<readonly Observation[]> {
  const observed: Observation[] = [];
  const hooks = gateOf(text, observed);
  for (const { method, path, query, sent, status, got } of calls) {
    const body = JSON.stringify(sent);
    const headers = { 'content-type': 'application/json' };
    const exchange = fakeExchange({ method, path: `/v1${path}`, query, headers, body, contentLength: Buffer.byteLength(body) }); // prettier-ignore
    void hooks.onRequest?.(exchange);
    await hooks.onIdentified?.(exchange);
    throughReply(hooks, exchange, { status, headers: Object.entries(headers), body: [JSON.stringify(got)] });
    hooks.onEnd?.(exchange, { status, code: undefined, upstreamMs: 1 });
  }
  return observed;
}

function reportOf(text: string, observed: readonly Observation[]): DriftReport {
  const ledger = new DriftLedger();
  for (const each of observed) ledger.add(each);
  const kept = DriftLedger.of(JSON.parse(JSON.stringify(ledger)));
  return driftReport(parseSpec(text, 'orders.yaml').root, kept.toJSON());
}

const CONTRADICTIONS: ReadonlySet<string> = new Set(['type', 'constraint', 'missing-required']);

/** What an addition could settle; names that are told by a star alone have none to write. */
function settleable({ operations, shadowRoutes }: DriftReport): readonly string[] {
  const findings = operations.flatMap((each) => each.findings.map((finding) => ({ ...finding, at: each.operation })));
  const left = findings.filter(({ kind, where, value }) => {
    return !CONTRADICTIONS.has(kind) && !/[ /]\*$/.test(where) && (kind !== 'enum-value' || value !== undefined);
  });
  return [...left.map(({ at, kind, where }) => `${at} ${kind} ${where}`), ...shadowRoutes.map(({ path }) => path)];
}

const word = fc.constantFrom('open', 'done', 'lost', 'a b', '4711');
const name = fc.constantFrom('id', 'state', 'items', 'buyer', 'notes', 'name', 'code', 'text', 'extra', 'more', 'a.b', '__proto__', 'toString', 'x y'); // prettier-ignore
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    word,
    fc.constantFrom<unknown>(null, true, 1, 1.5),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 5, noNullPrototype: true }),
  ),
})).value;
const object = fc.dictionary(name, value, { maxKeys: 6, noNullPrototype: true });
const call = fc.record<Call>({
  method: fc.constantFrom('POST', 'POST', 'POST', 'PUT'),
  path: fc.constantFrom('/orders', '/orders', '/orders', '/orders/7', '/orders/8/lines'),
  query: fc.constantFrom('', '', '?debug=1', '?a=b&c=d', '?toString=1'),
  sent: object,
  status: fc.constantFrom(200, 200, 200, 202, 409, 503),
  got: fc.oneof(object, value),
});
/** That something is there is known by what it serves. */
const served = call.map((each): Call => {
  return each.method === 'POST' && each.path === '/orders' ? each : { ...each, status: Math.min(each.status, 202) };
});

it.each(DOCUMENTS)('what a patch settles is news no more, by the report and by the gate: %#', async (text) => {
  let settled = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(served, { minLength: 1, maxLength: 12 }), async (calls) => {
      const observed = await observe(text, calls);
      const report = reportOf(text, observed);
      const patch = proposePatch(parseSpec(text, 'orders.yaml'), report, { now: 0 });
      const patched = patch.text ?? text;
      expect(parseSpec(patched, 'orders.yaml').root).toEqual(patch.document);
      expect(settleable(reportOf(patched, observed))).toEqual([]);
      expect(settleable(reportOf(patched, await observe(patched, calls)))).toEqual([]);
      settled += patch.changes.length;
    }),
    { numRuns: 50 },
  );
  expect(settled).toBeGreaterThan(150);
});
