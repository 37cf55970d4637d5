import { inferDocument, type Sample } from '@gatehouse/governance';
import type { PolicyHooks } from '@gatehouse/policies';
import { fakeExchange, fakeTools, joined, NO_CONTEXT, throughReply } from '@gatehouse/policies/testing';
import fc from 'fast-check';
import { expect, it } from 'vitest';

const JSON_TYPE = 'application/json';
const FORM = 'application/x-www-form-urlencoded';

/** A gate that holds calls, and replies, against a document. */
function gateOf(document: unknown): PolicyHooks {
  const context = { ...NO_CONTEXT, document: { file: 'draft.json', text: JSON.stringify(document) } };
  const config = { responses: 'enforce', unknownQuery: 'refuse' };
  return joined('validate', context).build(config, fakeTools('test#0', { route: { method: '*', path: '/*' } }));
}

const textOf = (body: unknown): string => (typeof body === 'string' ? body : JSON.stringify(body));

/** What the gate has against a call; '' for nothing. */
async function refusalOf(gate: PolicyHooks, sample: Sample): Promise<string> {
  const { method, path, query = '', status, requestBody, requestContentType, responseBody, contentType } = sample;
  const exchange = fakeExchange({
    method,
    path,
    query: query === '' ? '' : `?${query}`,
    contentLength: requestBody === undefined ? 0 : Buffer.byteLength(textOf(requestBody)),
    ...(requestBody !== undefined && {
      body: textOf(requestBody),
      headers: { 'content-type': requestContentType ?? JSON_TYPE },
    }),
  });
  const answer = await gate.onRequest?.(exchange);
  if (answer !== undefined) return `request: ${JSON.stringify(answer)}`;
  if (responseBody === undefined) return '';
  const reply = {
    status,
    headers: [['content-type', contentType ?? JSON_TYPE]] as const,
    body: [textOf(responseBody)],
  };
  return throughReply(gate, exchange, reply).failed === undefined ? '' : `reply: ${textOf(responseBody)}`;
}

const word = fc.constantFrom('open', 'closed', 'a b', '7', '007', '1.50', 'true', '-0', 'x@example.com', '2026-01-31', '2026-02-30', '2026-01-31T10:00:00Z', '123e4567-e89b-12d3-a456-426614174000', '', 'é', '0x10', '1e5', '123456789012345678'); // prettier-ignore
const value = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    word,
    fc.constantFrom<unknown>(null, true, false, 0, 1.5, -3, 1e21),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(fc.constantFrom('id', 'name', 'state', 'items', '__proto__', 'constructor', 'a/b'), tie('value'), {
      noNullPrototype: true,
    }),
  ),
})).value;
// Of the same name several times it is a list, which is what the draft says of it.
const query = fc
  .array(fc.tuple(fc.constantFrom('q', 'n', 'page size'), word), { maxLength: 3 })
  .map((pairs) => new URLSearchParams(pairs).toString());
const path = fc
  .array(
    fc.constantFrom('users', 'me', '7', '42', 'orders', '123e4567-e89b-12d3-a456-426614174000', 'a%20b', '2026-01-31', 'cus_9s6XKzkNRiz8i3'), // prettier-ignore
    { minLength: 1, maxLength: 4 },
  )
  .map((segments) => `/${segments.join('/')}`);
const request = fc.oneof(
  fc.constant({}),
  fc.record({ requestBody: value.map((body) => JSON.stringify(body)), requestContentType: fc.constant(JSON_TYPE) }),
  fc.record({ requestBody: query.filter((text) => text !== ''), requestContentType: fc.constant(FORM) }),
);
const sample = fc
  .tuple(
    fc.record({ method: fc.constantFrom('POST', 'PUT'), path, query, status: fc.constantFrom(200, 201, 404, 422) }),
    request,
    fc.oneof(
      fc.constant({}),
      fc.record({ responseBody: value.map((body) => JSON.stringify(body)), contentType: fc.constant(JSON_TYPE) }),
    ),
  )
  .map(([call, sent, got]): Sample => ({ ...call, ...sent, ...got }));

it('every call that a draft rests on fits it', async () => {
  let judged = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 40 }), async (samples) => {
      const used = samples.filter(({ status }) => status !== 404);
      if (used.length === 0) return;
      const gate = gateOf(inferDocument(samples).document);
      for (const each of used) {
        expect(await refusalOf(gate, each)).toBe('');
        judged++;
      }
    }),
    { numRuns: 300 },
  );
  expect(judged).toBeGreaterThan(1000);
});

it('and others do not', async () => {
  const calls = Array.from({ length: 30 }, (_, index): Sample => ({ method: 'POST', path: `/users/${index}`, status: 200, requestBody: { state: ['open', 'closed'][index % 2] }, responseBody: { id: index } })); // prettier-ignore
  const gate = gateOf(inferDocument(calls).document);
  const refusals = await Promise.all(
    [
      { path: '/users/x' },
      { path: '/orders/1' },
      { query: 'unknown=1' },
      { requestBody: { state: 'other' } },
      { requestBody: {} },
      { responseBody: { id: 'x' } },
    ].map(async (change) => refusalOf(gate, { ...calls[0], method: 'POST', path: '/users/1', status: 200, ...change })),
  );
  expect(refusals.filter((refusal) => refusal === '')).toEqual([]);
});
