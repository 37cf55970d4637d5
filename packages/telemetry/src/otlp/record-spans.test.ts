import { describe, expect, it } from 'vitest';
import type { ExchangeRecord } from '@gatehouse/record';
import { leastRecord, modelRecord, PARENT, plainRecord, SPAN, TIME, TRACE } from '../__fixtures__/records.ts';
import type { AnyValue, Span } from './otlp-model.ts';
import { recordSpans } from './record-spans.ts';

/** Attributes as a person writes them. */
function plain({ attributes }: Span): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, valueOf(value)]));
}

function valueOf(value: AnyValue): unknown {
  if ('arrayValue' in value) return value.arrayValue.values.map(valueOf);
  if ('intValue' in value) return Number(value.intValue);
  return Object.values(value)[0];
}

/** `name kind [start, end]` in ms from the start of the call. */
const shape = (span: Span): string => {
  const at = (nano: string): number => Number(BigInt(nano) / 1000n - BigInt(TIME) * 1000n) / 1000;
  return `${span.name} ${span.kind} [${at(span.startTimeUnixNano)}, ${at(span.endTimeUnixNano)}]`;
};
const named = (record: ExchangeRecord, name: string): Span => {
  const span = recordSpans(record).find((each) => each.name === name);
  if (span === undefined) throw new Error(`no span ${name}`);
  return span;
};

describe('recordSpans', () => {
  it('tells of a call, of its upstream, and of what the time there went to', () => {
    expect(recordSpans(plainRecord).map(shape)).toEqual([
      'GET /v1/users/{id} 2 [0, 12.5]',
      'GET 3 [0.25, 12.25]',
      'connect 1 [0.25, 1.25]',
      'wait for first byte 1 [1.25, 9.75]',
      'receive body 1 [9.75, 12.25]',
    ]);
  });

  it('is one trace, each span below the right one', () => {
    const [server, upstream, ...phases] = recordSpans(plainRecord);
    expect(server).toMatchObject({ traceId: TRACE, spanId: SPAN, parentSpanId: PARENT, flags: 0x301 });
    expect(upstream).toMatchObject({ traceId: TRACE, parentSpanId: SPAN, flags: 0x101 });
    for (const phase of phases)
      expect(phase).toMatchObject({ traceId: TRACE, parentSpanId: upstream?.spanId, flags: 0x101 });
    const ids = recordSpans(plainRecord).map(({ spanId }) => spanId);
    expect(new Set(ids).size).toBe(5);
    for (const id of ids) expect(id).toMatch(/^[0-9a-f]{16}$/);
  });

  it('is the same spans when a record comes twice', () => {
    expect(recordSpans(plainRecord)).toEqual(recordSpans({ ...plainRecord }));
  });

  it('has no parent where the trace began here', () => {
    const [server] = recordSpans({ ...plainRecord, parentSpanId: undefined });
    expect(server).not.toHaveProperty('parentSpanId');
    expect(server?.flags).toBe(0x101);
  });

  it('tells of the call in the words of the conventions', () => {
    expect(plain(named(plainRecord, 'GET /v1/users/{id}'))).toEqual({
      'http.request.method': 'GET',
      'http.route': '/v1/users/{id}',
      'url.path': '/v1/users/42',
      'server.address': 'api.example.com',
      'server.port': 8443,
      'http.response.status_code': 200,
      'client.address': '10.20.30.40',
      'user_agent.original': 'curl/8.5.0',
      'http.request.body.size': 0,
      'http.response.body.size': 632,
      'gatehouse.request.id': 'request-1',
      'gatehouse.worker': 1,
      'gatehouse.config.version': 'a1b2c3d4e5f6',
      'gatehouse.api': 'users',
      'gatehouse.api.version': '1.0.0',
      'gatehouse.application': 'mobile',
      'gatehouse.credential': 'ci',
      'gatehouse.owner': 'Zoë',
      'gatehouse.subscription': 'mobile/users',
      'gatehouse.plan': 'gold',
      'gatehouse.team': 'apps',
      'gatehouse.gateway_ms': 0.25,
      'gatehouse.upstream': 'http://10.0.0.1:4001',
      'gatehouse.upstream.attempts': 1,
    });
    expect(plain(named(plainRecord, 'GET'))).toEqual({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'server.address': '10.0.0.1',
      'server.port': 4001,
    });
  });

  it.each<[string, Partial<ExchangeRecord>, object | undefined, string | undefined]>([
    ['a success', {}, undefined, undefined],
    ['a refusal', { status: 429, code: 'limit.rate' }, undefined, 'limit.rate'],
    ['a 404 of the upstream', { status: 404 }, undefined, undefined],
    ['a 500 of the upstream', { status: 500 }, { code: 2, message: '500' }, '500'],
    [
      'a failure',
      { status: 504, code: 'upstream.timeout' },
      { code: 2, message: 'upstream.timeout' },
      'upstream.timeout',
    ],
  ])('says of %s whose fault it is', (_, more, status, type) => {
    const server = named({ ...plainRecord, ...more }, 'GET /v1/users/{id}');
    expect(server.status === undefined ? undefined : { message: server.status.code, ...server.status }).toEqual(
      status && { message: 2, ...status },
    );
    expect(plain(server)['error.type']).toBe(type);
  });

  it('tells of each try where there were several', () => {
    const upstreamTries =
      'http://10.0.0.1:1 503 4.0 ms; http://[::1]:2 cancelled 3.0 ms; https://b.test:443 200 6.0 ms';
    const spans = recordSpans({ ...plainRecord, gatewayMs: 5, attempts: 3, upstreamTries });
    expect(spans.map(shape)).toEqual([
      'GET /v1/users/{id} 2 [0, 12.5]',
      'GET 3 [1, 5]',
      'GET 3 [5, 8]',
      'GET 3 [5, 11]',
    ]);
    expect(spans.slice(1).map(plain)).toEqual([
      {
        'http.request.method': 'GET',
        'server.address': '10.0.0.1',
        'server.port': 1,
        'http.response.status_code': 503,
        'error.type': '503',
      },
      {
        'http.request.method': 'GET',
        'server.address': '::1',
        'server.port': 2,
        'http.request.resend_count': 1,
        'gatehouse.upstream.cancelled': true,
      },
      {
        'http.request.method': 'GET',
        'server.address': 'b.test',
        'server.port': 443,
        'http.response.status_code': 200,
        'http.request.resend_count': 2,
      },
    ]);
    expect(spans.map(({ status }) => status?.code)).toEqual([undefined, 2, undefined, undefined]);
  });

  it('tells of a model call in the words of the conventions for models', () => {
    const spans = recordSpans(modelRecord);
    expect(spans.map(shape)).toEqual(['POST /v1/chat/completions 2 [0, 12.5]', 'chat assistant 3 [0.25, 12.25]']);
    expect(plain(named(modelRecord, 'chat assistant'))).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'anthropic',
      'gen_ai.request.model': 'assistant',
      'gen_ai.response.model': 'claude-haiku-5',
      'gen_ai.request.stream': true,
      'gen_ai.prompt.name': 'triage',
      'gen_ai.response.time_to_first_chunk': 0.2105,
      'gen_ai.usage.input_tokens': 1204,
      'gen_ai.usage.cache_read.input_tokens': 1000,
      'gen_ai.usage.output_tokens': 356,
      'gen_ai.usage.reasoning.output_tokens': 64,
      'gen_ai.response.finish_reasons': ['stop'],
      'gatehouse.ai.attempts': 1,
      'gatehouse.ai.dialect': 'openai-chat>anthropic',
      'gatehouse.ai.prompt.version': '2',
      'gatehouse.ai.cost_micro_usd': 1234,
      'gatehouse.ai.price_version': 'p1',
      'gatehouse.ai.loss': 'dropped:seed',
      'gatehouse.ai.guards': 'pii:request:card:1:mask',
      'gatehouse.ai.usage_state': 'measured',
    });
    expect(Object.keys(plain(named(modelRecord, 'POST /v1/chat/completions'))).join(' ')).not.toContain('gen_ai');
  });

  it.each([
    ['ai POST /v1/messages', '/v1/messages', 'chat'],
    ['ai POST /v1/responses', '/v1/responses', 'chat'],
    ['ai POST /v1beta/models/*', '/v1beta/models/g:streamGenerateContent', 'generate_content'],
    ['ai POST /v1beta/models/*', '/v1beta/models/g:batchEmbedContents', 'embeddings'],
    ['ai POST /v1/embeddings', '/v1/embeddings', 'embeddings'],
    ['ai POST /api/embed', '/api/embed', 'embeddings'],
    ['ai POST /v1/messages/count_tokens', '/v1/messages/count_tokens', 'count_tokens'],
    ['ai POST /v1/images/edits', '/v1/images/edits', 'generate_image'],
    ['ai POST /v1/audio/speech', '/v1/audio/speech', 'generate_speech'],
    ['ai POST /v1/audio/translations', '/v1/audio/translations', 'transcribe_audio'],
    ['ai POST /v1/moderations', '/v1/moderations', 'moderate'],
    ['ai POST /v1/prompts/triage', '/v1/prompts/triage', 'chat'],
  ])('calls %s with %s %s', (route, path, operation) => {
    expect(named({ ...modelRecord, route, path }, `${operation} assistant`)).toBeDefined();
  });

  it('says why a model call failed', () => {
    const span = named({ ...modelRecord, status: 502, code: 'provider.unavailable' }, 'chat assistant');
    expect(span.status).toEqual({ code: 2 });
    expect(plain(span)['error.type']).toBe('provider.unavailable');
  });

  it('makes no name of a method that a caller has made up', () => {
    const { route: _route, ...unmatched } = plainRecord;
    const [server] = recordSpans({ ...unmatched, method: 'BREW', status: 404 });
    expect(server?.name).toBe('HTTP');
    expect(server && plain(server)).toMatchObject({
      'http.request.method': '_OTHER',
      'http.request.method_original': 'BREW',
    });
  });

  it('is nothing where there is no trace', () => expect(recordSpans(leastRecord)).toEqual([]));

  it('tells of a head that could not be read', () => {
    const spans = recordSpans({ ...leastRecord, traceId: TRACE, spanId: SPAN });
    expect(spans.map(shape)).toEqual(['HTTP 2 [0, 0]']);
    expect(spans[0] && plain(spans[0])).not.toHaveProperty('server.address');
  });
});
