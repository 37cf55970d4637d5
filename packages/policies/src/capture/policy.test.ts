import { describe, expect, it } from 'vitest';
import type { ErrorCode } from '@gatehouse/kernel';
import type { KeptBody } from '../policy.ts';
import { fakeExchange, fakeTools, type FakeExchangeOptions, type FakeToolsOptions } from '../testing/index.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const capture = joined('capture');

policyContract(capture, {
  valid: [
    {},
    { sample: '0%', on: ['error', 'refusal', 'slow'], slowerThan: '250ms' },
    { sample: '100%', request: false, response: true, bytesMax: '256KiB', headers: false, maskHeaders: ['X-Tenant'] },
    {
      contentTypes: ['application/json', 'image/*'],
      redact: { paths: ['$.a', '$..b', "$['c d'][0].*", '$.x[*]'], pii: [], patterns: ['CUST-\\d{6}'] },
    },
  ],
  invalid: [
    { sample: '101%' },
    { sample: 0.01 },
    { on: ['always'] },
    { slowerThan: '0s' },
    { bytesMax: '257KiB' },
    { bytesMax: '16' },
    { maskHeaders: ['a b'] },
    { contentTypes: ['json'] },
    { contentTypes: ['multipart/form-data'] },
    { redact: { paths: ['password'] } },
    { redact: { paths: ['$'] } },
    { redact: { paths: ['$.a['] } },
    { redact: { pii: ['names'] } },
    { redact: { patterns: ['(a'] } },
    { redact: { patterns: ['a*'] } },
    { redact: { patterns: ['(?=a)b'] } },
    { redact: { patterns: ['[a-z]{1,999}'] } },
    { redact: { words: [] } },
  ],
});

interface Call {
  readonly request?: FakeExchangeOptions;
  /** In pieces. */
  readonly sent?: readonly string[];
  readonly head?: string;
  readonly got?: readonly (string | Buffer)[];
  readonly whole?: string;
  readonly code?: ErrorCode;
  readonly status?: number;
  readonly tookMs?: number;
  readonly unfinished?: boolean;
}

interface Seen {
  readonly bodies: readonly KeptBody[];
  readonly note: string | undefined;
  readonly tapped: boolean;
}

function run(config: object, call: Call = {}, tools: FakeToolsOptions = {}): Seen {
  let nowMs = 0;
  const bodies: KeptBody[] = [];
  const keepBody = (body: KeptBody): boolean => bodies.push(body) > 0;
  const clock = { now: () => 0, monotonic: () => nowMs };
  const hooks = capture.build({ sample: '100%', ...config }, fakeTools('test#0', { keepBody, clock, ...tools }));
  const exchange = fakeExchange({ method: 'POST', contentLength: undefined, ...call.request });
  void hooks.onRequest?.(exchange);
  const { tap } = exchange.caller;
  for (const piece of call.sent ?? []) tap?.requestData(Buffer.from(`<${piece}>`), 1, 1 + Buffer.byteLength(piece));
  if (call.unfinished !== true) tap?.requestEnd();
  if (call.whole !== undefined) tap?.replyWhole(call.whole);
  else tap?.replyHead(call.head ?? 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n');
  for (const piece of call.got ?? []) tap?.replyData(Buffer.from(piece), 0, Buffer.byteLength(piece));
  nowMs = call.tookMs ?? 0;
  hooks.onEnd?.(exchange, { status: call.status ?? 200, code: call.code });
  return { bodies, note: exchange.notes.policies?.['capture'], tapped: tap !== undefined };
}

const JSON_TYPE = { 'content-type': 'application/json' };

describe('capture', () => {
  it('keeps both sides as they passed, with their heads', () => {
    const { bodies, note } = run(
      {},
      {
        request: { headers: { ...JSON_TYPE, 'x-a': '1' }, query: '?page=2' },
        sent: ['{"a":', '1}'],
        head: 'HTTP/1.1 201 Created\r\ncontent-type: application/json; charset=utf-8\r\nx-b: 2\r\n\r\n',
        got: ['{"b"', ':2}'],
        status: 201,
      },
    );
    expect(note).toBe('sampled');
    expect(bodies).toMatchObject([
      {
        side: 'request',
        type: 'application/json',
        bytes: 7,
        cut: false,
        text: '{"a":1}',
        head: {
          why: 'sampled',
          shown: 'json',
          method: 'POST',
          query: '?page=2',
          headers: [
            ['content-type', 'application/json'],
            ['x-a', '1'],
          ],
        },
      },
      {
        side: 'response',
        type: 'application/json',
        bytes: 7,
        cut: false,
        text: '{"b":2}',
        head: {
          status: 201,
          headers: [
            ['content-type', 'application/json; charset=utf-8'],
            ['x-b', '2'],
          ],
        },
      },
    ]);
  });

  it.each<[string, object, Call, string | undefined]>([
    ['no others', {}, {}, undefined],
    [
      'errors',
      { on: ['error'] },
      { status: 503, code: 'upstream.unreachable', whole: 'HTTP/1.1 503 X\r\n\r\n{}' },
      'error',
    ],
    ['errors of the upstream', { on: ['error'] }, { status: 500 }, 'error'],
    ['replies that broke off', { on: ['error'] }, { code: 'upstream.broken' }, 'error'],
    ['nothing of callers that left', { on: ['error', 'refusal'] }, { code: 'request.cancelled' }, undefined],
    [
      'no refusals as errors',
      { on: ['error'] },
      { status: 403, code: 'auth.forbidden', whole: 'HTTP/1.1 403 X\r\n\r\n{}' },
      undefined,
    ],
    [
      'refusals',
      { on: ['refusal'] },
      { status: 403, code: 'auth.forbidden', whole: 'HTTP/1.1 403 X\r\n\r\n{}' },
      'refusal',
    ],
    ['no refusals of the upstream', { on: ['refusal'] }, { status: 403 }, undefined],
    ['slow ones', { on: ['slow'], slowerThan: '20ms' }, { tookMs: 21 }, 'slow'],
    ['no fast ones', { on: ['slow'], slowerThan: '20ms' }, { tookMs: 20 }, undefined],
  ])('keeps, beside the sample, %s', (_, config, call, expected) => {
    const { note, bodies } = run({ sample: '0%', ...config }, call);
    expect([note, bodies.length > 0]).toEqual([expected, expected !== undefined]);
  });

  it('looks on at the sample alone, where nothing else is wanted', () => {
    const at = (drawn: number): boolean => run({ sample: '1%' }, {}, { random: () => drawn }).tapped;
    expect([at(0), at(0.0099), at(0.01), at(0.99)]).toEqual([true, true, false, false]);
  });

  it('lets the first of two decide', () => {
    const exchange = fakeExchange();
    const first = capture.build({ sample: '100%' }, fakeTools());
    const second = capture.build({ sample: '100%' }, fakeTools());
    void first.onRequest?.(exchange);
    const { tap } = exchange.caller;
    void second.onRequest?.(exchange);
    expect(exchange.caller.tap).toBe(tap);
    second.onEnd?.(exchange, { status: 200, code: undefined });
    expect(exchange.notes.policies).toBeUndefined();
  });

  it('cuts what is longer, and says how long it was', () => {
    const { bodies } = run(
      { bytesMax: '8B', headers: false },
      { request: { headers: { 'content-type': 'text/plain' } }, sent: ['12345', '67890'], got: [] },
    );
    expect(bodies).toMatchObject([{ side: 'request', bytes: 10, cut: true, text: '12345678' }]);
  });

  it('says that what never came is missing', () => {
    const [request, response] = run(
      {},
      {
        request: { headers: JSON_TYPE, contentLength: 20 },
        sent: ['{"a":1'],
        unfinished: true,
        got: ['{"b":'],
        code: 'upstream.broken',
      },
    ).bodies;
    expect([request?.cut, response?.cut]).toEqual([true, true]);
  });

  it('takes a refusal for complete', () => {
    const message = 'HTTP/1.1 403 Forbidden\r\ncontent-type: application/problem+json\r\n\r\n{"code":"x"}';
    expect(run({ request: false }, { whole: message, code: 'auth.forbidden', status: 403 }).bodies).toMatchObject([
      { side: 'response', cut: false, text: '{"code":"x"}', head: { status: 403, shown: 'json' } },
    ]);
  });

  it.each([
    [{ response: false }, ['request']],
    [{ request: false }, ['response']],
  ])('keeps the sides that are wanted: %j', (config, expected) => {
    const { bodies } = run(config, { sent: ['{}'], got: ['{}'] });
    expect(bodies.map(({ side }) => side)).toEqual(expected);
  });

  it('keeps no heads where they are not wanted, and no line of a side that has nothing else', () => {
    const { bodies } = run(
      { headers: false },
      { request: { contentLength: 0, method: 'GET', headers: { accept: '*/*' } }, got: ['{}'] },
    );
    expect(bodies).toHaveLength(1);
    expect(bodies[0]?.head).not.toHaveProperty('headers');
  });

  it('masks what carries credentials on this route', () => {
    const policies = [
      { name: 'key', scope: 'a', config: { headers: ['X-Our-Key'], query: 'our_key' } },
      { name: 'jwt', scope: 'b', config: { from: { header: 'X-Token', query: 'tok' } } },
    ];
    const headers = { 'x-our-key': 'k1', 'x-token': 't1', 'x-tenant': 'n1', cookie: 'a=b', accept: '*/*' };
    const { bodies } = run(
      { maskHeaders: ['X-Tenant'] },
      { request: { headers, query: '?our_key=k2&tok=t2&page=1' } },
      { route: { policies } },
    );
    expect(bodies[0]?.head.headers).toEqual([
      ['x-our-key', '[masked]'],
      ['x-token', '[masked]'],
      ['x-tenant', '[masked]'],
      ['cookie', '[masked]'],
      ['accept', '*/*'],
    ]);
    expect(bodies[0]?.head.query).toBe('?our_key=[redacted]&tok=[redacted]&page=1');
  });

  it('tells of other media types how long they were', () => {
    const { bodies } = run(
      { request: false },
      { head: 'HTTP/1.1 200 OK\r\ncontent-type: Image/PNG; x=1\r\n\r\n', got: ['png'] },
    );
    expect(bodies).toMatchObject([
      { type: 'image/png', bytes: 3, text: '', head: { hidden: 'bodies of this media type are not kept' } },
    ]);
  });

  it('shows what names no type if it is JSON, where JSON is shown', () => {
    const head = 'HTTP/1.1 200 OK\r\n\r\n';
    const shown = (config: object, got: string): unknown =>
      run({ request: false, ...config }, { head, got: [got] }).bodies[0]?.text;
    expect([shown({}, ' {"a":1}'), shown({}, 'a=1'), shown({ contentTypes: [] }, '{"a":1}')]).toEqual([
      ' {"a":1}',
      '',
      '',
    ]);
  });

  it('says when it could not be kept', () => {
    expect(run({}, { got: ['{}'] }, { keepBody: () => false }).note).toBe('not kept, too many');
  });

  it('takes a share of the time of a worker, and no more', () => {
    let nowMs = 0;
    const states = new Map<string, unknown>();
    // Each body takes 80 ms.
    const tools = { states, clock: { now: () => 0, monotonic: () => nowMs }, keepBody: () => (nowMs += 80) > 0 };
    const note = (): string | undefined => run({ request: false }, { got: ['{}'] }, tools).note;
    expect([note(), note(), note()]).toEqual(['sampled', 'sampled', 'not kept, too many']);
    nowMs += 200;
    expect([note(), note()]).toEqual(['sampled', 'not kept, too many']);
  });

  it('holds no more than the room of a worker', () => {
    const states = new Map<string, unknown>();
    const hooks = capture.build(
      { sample: '100%', bytesMax: '256KiB' },
      fakeTools('test#0', { states, keepBody: () => true }),
    );
    const piece = Buffer.alloc(256 * 1024);
    const under = Array.from({ length: 300 }, () => {
      const exchange = fakeExchange();
      void hooks.onRequest?.(exchange);
      exchange.caller.tap?.replyHead('HTTP/1.1 200 OK\r\n\r\n');
      exchange.caller.tap?.replyData(piece, 0, piece.length);
      return exchange;
    });
    const bodies: KeptBody[] = [];
    const after = capture.build(
      { sample: '100%', bytesMax: '256KiB' },
      fakeTools('test#0', { states, keepBody: (body) => bodies.push(body) > 0 }),
    );
    const crowded = fakeExchange();
    void after.onRequest?.(crowded);
    crowded.caller.tap?.requestData(piece, 0, 10);
    after.onEnd?.(crowded, { status: 200, code: undefined });
    expect(bodies).toMatchObject([{ side: 'request', bytes: 10, cut: true }]);
    for (const each of under) hooks.onEnd?.(each, { status: 200, code: undefined });
    const later = fakeExchange({ headers: { 'content-type': 'text/plain' } });
    void after.onRequest?.(later);
    later.caller.tap?.requestData(Buffer.from('here'), 0, 4);
    after.onEnd?.(later, { status: 200, code: undefined });
    expect(bodies[1]?.text).toBe('here');
  });
});
