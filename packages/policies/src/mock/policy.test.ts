import type { PolicyContext } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import type { Reply } from '../policy.ts';
import { ask, fakeExchange, fakeTools, type FakeExchangeOptions } from '../testing/fake-exchange.ts';
import { joined, NO_CONTEXT } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const DOCUMENT = `
openapi: 3.1.0
paths:
  /users/{id}:
    get:
      responses:
        "404": { content: { application/problem+json: { example: { title: gone } } } }
        "200":
          headers: { x-total: { schema: { type: integer, minimum: 3 } }, content-length: { schema: { const: 7 } }, x-odd: { example: "a\\nb" } }
          content:
            application/json:
              examples: { ada: { value: { name: Ada } }, none: { value: null }, also: { $ref: "#/components/examples/Also" } }
            text/plain: { example: Ada }
        "5XX": { description: broken }
    delete: { responses: { "204": {} } }
  /made: { get: { responses: { default: { content: { application/json: { schema: { type: object, properties: { id: { type: string, format: uuid } } } } } } } } }
  /bare: { get: { responses: { "202": { content: { application/json: {} } } } } }
components: { examples: { Also: { value: [1] } } }
`;
const CONTEXT: PolicyContext = { ...NO_CONTEXT, basePath: '/v1', document: { file: 'users.yaml', text: DOCUMENT } };
const mock = joined('mock', CONTEXT);

policyContract(mock, {
  valid: [{}, { status: 404 }, { body: { a: 1 }, headers: { 'x-a': 'b' } }, { body: 'text' }],
  invalid: [
    { status: 99 },
    { headers: { 'content-length': '1' } },
    { headers: { 'x a': 'b' } },
    { delay: 'long' },
    { headers: { 'x-a': 'a\nb' } },
  ],
});

function answer(options: FakeExchangeOptions = {}, config: object = {}): Reply | undefined {
  const hooks = mock.build(config, fakeTools('test#0', { route: { method: '*', path: '/v1/*' } }));
  return ask(hooks, fakeExchange({ path: '/v1/users/7', ...options }));
}

function shown(reply: Reply | undefined): unknown {
  if (reply === undefined || 'code' in reply) return reply?.code;
  const type = reply.headers.find(([name]) => name === 'content-type')?.[1];
  return [reply.status, type, String(reply.body)];
}

const prefer = (text: string): FakeExchangeOptions => ({ headers: { prefer: text } });
const accept = (text: string): FakeExchangeOptions => ({ headers: { accept: text } });

describe('an answer of a document', () => {
  it.each<[string, FakeExchangeOptions, object, unknown]>([
    ['is the first example of the first success', {}, {}, [200, 'application/json', '{"name":"Ada"}']],
    ['is the same for HEAD', { method: 'HEAD' }, {}, [200, 'application/json', '{"name":"Ada"}']],
    ['may have no body', { method: 'DELETE' }, {}, [204, undefined, '']],
    [
      'is made of the schema',
      { path: '/v1/made' },
      {},
      [200, 'application/json', '{"id":"3fa85f64-5717-4562-b3fc-2c963f66afa6"}'],
    ],
    ['has nothing to show where the document has nothing', { path: '/v1/bare' }, {}, [202, 'application/json', '']],
    ['is there for operations alone', { path: '/v1/other' }, {}, 'route.not_found'],
    ['is the one that the operator says', {}, { status: 404 }, [404, 'application/problem+json', '{"title":"gone"}']],
    ['is the one that the caller says', prefer('code=404'), {}, [404, 'application/problem+json', '{"title":"gone"}']],
    ['may be of a range', prefer('respond-async, code=503'), {}, [503, undefined, '']],
    ['is not made up for a status', prefer('code=418'), {}, 'request.malformed'],
    ['is the example that the caller says', prefer('example=none'), {}, [200, 'application/json', 'null']],
    ['may be an example that stands elsewhere', prefer('example="also"'), {}, [200, 'application/json', '[1]']],
    ['is not made up for a name', prefer('example=nobody'), {}, 'request.malformed'],
    [
      'is of the type that the caller prefers',
      accept('application/json;q=0.5, text/*'),
      {},
      [200, 'text/plain', 'Ada'],
    ],
    ['is of any type that the caller takes', accept('*/*'), {}, [200, 'application/json', '{"name":"Ada"}']],
    [
      'is of no type that the caller does not take',
      accept('application/xml, text/plain;q=0'),
      {},
      [406, 'application/problem+json', expect.stringContaining('406')],
    ],
  ])('%s', (_name, options, config, expected) => {
    expect(shown(answer(options, config))).toEqual(expected);
  });

  it('has the fields of the document that may stand in a head, and those of the operator', () => {
    expect(answer(prefer('example=ada'), { headers: { 'X-Own': '1', 'X-Total': '9' } })).toMatchObject({
      headers: [
        ['content-type', 'application/json'],
        ['x-own', '1'],
        ['x-total', '9'],
        ['preference-applied', 'example=ada'],
      ],
    });
    expect(answer()).toMatchObject({
      headers: [
        ['content-type', 'application/json'],
        ['x-total', '3'],
      ],
    });
  });
});

it('waits as long as the operator says', async () => {
  const waits: number[] = [];
  const later = (ms: number, then: () => void): (() => void) => {
    waits.push(ms);
    then();
    return () => {};
  };
  const hooks = mock.build({ body: 'x', delay: '50ms' }, fakeTools('test#0', { later }));
  expect(shown((await hooks.onRequest?.(fakeExchange())) ?? undefined)).toEqual([
    200,
    'text/plain; charset=utf-8',
    'x',
  ]);
  expect(waits).toEqual([50]);
});

describe('an answer of one’s own', () => {
  it.each<[object, unknown]>([
    [{ body: { a: [1] } }, [200, 'application/json', '{"a":[1]}']],
    [{ body: 'closed', status: 503 }, [503, 'text/plain; charset=utf-8', 'closed']],
    [{ body: '<p>', headers: { 'Content-Type': 'text/html' } }, [200, 'text/html', '<p>']],
    [{ body: null }, [200, 'application/json', 'null']],
  ])('%j', (config, expected) => {
    expect(shown(answer({ path: '/v1/anything' }, config))).toEqual(expected);
  });

  it('needs neither a document nor a body where there is a status', () => {
    const hooks = joined('mock').build({ status: 204 }, fakeTools());
    expect(shown(ask(hooks, fakeExchange()))).toEqual([204, undefined, '']);
    expect(() => joined('mock').build({}, fakeTools())).toThrow('needs a `body`, a `status`, or `openapi:` at the API');
  });
});
