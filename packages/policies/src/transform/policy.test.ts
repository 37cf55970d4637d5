import { describe, expect, it } from 'vitest';
import type { Reply } from '../policy.ts';
import {
  fakeExchange,
  fakeTools,
  throughReply,
  type FakeExchange,
  type FakeExchangeOptions,
  type FakeReply,
  type UpstreamReply,
} from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const transform = joined('transform');

policyContract(transform, {
  valid: [
    {},
    { request: { set: { '/user': '{claim:sub}' }, remove: ['/admin'] } },
    {
      response: { only: ['/a', '/b/*/c'], rename: { '/a': '/z' }, wrap: 'data', statuses: ['200', '4XX'] },
      bodyMax: '10KB',
    },
  ],
  invalid: [
    { request: { remove: ['a'] } },
    { request: { set: { '/a': '{nobody}' } } },
    { request: { rename: { '/a/*': '/b' } } },
    { response: { statuses: ['700'] } },
    { response: { remove: ['/a~2'] } },
    { bodyMax: 'much' },
  ],
  waits: true,
});

const JSON_TYPE = { 'content-type': 'application/json; charset=utf-8' };

async function request(
  config: object,
  options: FakeExchangeOptions,
): Promise<{ answer: Reply | undefined; exchange: FakeExchange }> {
  const body = options.body ?? '';
  const exchange = fakeExchange({
    method: 'POST',
    contentLength: Buffer.byteLength(body),
    headers: JSON_TYPE,
    ...options,
  });
  const answer = await transform.build({ request: config }, fakeTools()).onRequest?.(exchange);
  return { answer: answer ?? undefined, exchange };
}

describe('a request', () => {
  it('goes upstream changed, with what is known of the call', async () => {
    const config = {
      set: {
        '/by': '{claim:sub}',
        '/groups': '{claim:groups}',
        '/note': 'from {application} at {param:id}',
        '/none': '{claim:none}',
        '/ip': '{clientIp}',
      },
      remove: ['/admin'],
    };
    const { exchange } = await request(config, {
      body: '{"admin":true,"n":1.10}',
      principal: { claims: { sub: 'zoe', groups: ['a'] } },
      params: { id: 'Zo%C3%AB' },
    });
    expect(exchange.sentBody?.toString()).toBe(
      '{"n":1.10,"by":"zoe","groups":["a"],"note":"from mobile at Zoë","ip":"192.0.2.7"}',
    );
    expect(exchange.upstreamHeaders.removed).toContain('content-digest');
  });

  it.each<[string, FakeExchangeOptions]>([
    ['of another type', { body: '<a/>', headers: { 'content-type': 'text/xml' } }],
    ['of a type that only looks so', { body: '{"a":1}', headers: { 'content-type': 'text/plain; a=/json' } }],
    ['without a body', { body: '' }],
    ['of chunks that are none', { body: '', contentLength: undefined }],
  ])('%s goes as it is', async (_name, options) => {
    const { answer, exchange } = await request({ remove: ['/a'] }, options);
    expect([answer, exchange.sentBody]).toEqual([undefined, undefined]);
  });

  it.each<[string, FakeExchangeOptions, string]>([
    ['that is no JSON', { body: '{"a":' }, 'The body ends too early, at byte 5'],
    ['with a name twice', { body: '{"a":1,"a":2}' }, 'The body names two members of one object alike, at byte 7'],
    [
      'in a coding',
      { body: 'x', headers: { ...JSON_TYPE, 'content-encoding': 'gzip' } },
      'JSON in a content coding cannot be changed here, send it without Content-Encoding',
    ],
  ])('%s is refused', async (_name, options, detail) => {
    expect((await request({ remove: ['/a'] }, options)).answer).toEqual({ code: 'request.body_invalid', detail });
  });
});

describe('a reply', () => {
  const through = (upstream: UpstreamReply, config: object = {}, method = 'GET'): FakeReply => {
    const hooks = transform.build({ response: { remove: ['/secret'], ...config }, bodyMax: '1KB' }, fakeTools());
    const exchange = fakeExchange({ method });
    void hooks.onRequest?.(exchange);
    expect([exchange.upstreamHeaders.lines, exchange.upstreamHeaders.removed]).toEqual([
      'accept-encoding: identity\r\n',
      ['accept-encoding', 'range', 'if-range'],
    ]);
    return throughReply(hooks, exchange, upstream);
  };
  const json = [['content-type', 'application/json']] as const;

  it('comes changed, with a head that is right', () => {
    const headers = [
      ...json,
      ['etag', '"a"'],
      ['content-digest', 'x'],
      ['accept-ranges', 'bytes'],
      ['x-a', 'b'],
    ] as const;
    const seen = through({ headers, body: ['{"secret":1,', '"id":12345678901234567890}'] });
    expect([seen.complete, seen.body.toString()]).toEqual([true, '{"id":12345678901234567890}']);
    expect(seen.headers).toEqual([
      ['content-type', 'application/json'],
      ['x-a', 'b'],
      ['etag', 'W/"a"'],
    ]);
  });

  it.each<[string, UpstreamReply]>([
    ['of another status', { status: 404, headers: json, body: ['{"secret":1}'] }],
    ['of another type', { headers: [['content-type', 'text/event-stream']], body: ['data: {"secret":1}\n\n'] }],
    ['without a body', { headers: json, body: [] }],
    ['that says that there is none', { status: 204 }],
  ])('%s comes as it is', (_name, upstream) => {
    const seen = through(upstream);
    expect([seen.complete, seen.body.toString()]).toEqual([true, (upstream.body ?? []).join('')]);
  });

  it.each<[string, UpstreamReply]>([
    ['that is no JSON', { headers: json, body: ['{"secret":'] }],
    ['with a name twice', { headers: json, body: ['{"a":1,"a":2}'] }],
    ['that is too long', { headers: json, body: ['"', 'x'.repeat(2000), '"'] }],
    ['in a coding all the same', { headers: [...json, ['content-encoding', 'gzip']], body: ['x'] }],
    ['that is a part all the same', { status: 206, headers: json, body: ['{"secret":1}'] }],
  ])('%s is not let through', (_name, upstream) => {
    const seen = through(upstream);
    expect([seen.failed, seen.body.toString()]).toEqual(['upstream.invalid_reply', '']);
  });

  it('that breaks off stays broken', () => {
    const seen = through({ headers: json, body: ['{"secret":1}'], broken: true });
    expect([seen.complete, seen.body.toString()]).toEqual([false, '']);
  });

  it('to HEAD, and one that has not changed, say what is right of the other', () => {
    expect(through({ headers: [...json, ['content-length', '12'], ['etag', '"a"']] }, {}, 'HEAD').headers).toEqual([
      ...json,
      ['etag', 'W/"a"'],
    ]);
    expect(through({ status: 304, headers: [['etag', '"a"']] }).headers).toEqual([['etag', 'W/"a"']]);
  });
});
