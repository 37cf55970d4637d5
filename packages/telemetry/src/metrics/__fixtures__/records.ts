import type { ExchangeRecord } from '@gatehouse/record';
import fc from 'fast-check';

export const plainRecord: ExchangeRecord = {
  id: '01h2m3k4n5p6q7r8s9t0uv0',
  time: 1_790_000_000_123,
  worker: 1,
  config: 'a1b2c3d4e5f6',
  api: 'users',
  version: '1.0.0',
  route: 'users GET /v1/users/{id}',
  method: 'GET',
  path: '/v1/users/42',
  host: 'api.example.com',
  status: 200,
  application: 'mobile',
  plan: 'gold',
  clientIp: '10.20.30.40',
  bytesIn: 20,
  bytesOut: 632,
  durationMs: 12.34,
  gatewayMs: 0.041,
  upstream: 'http://127.0.0.1:4001',
  traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
};

export const modelRecord: ExchangeRecord = {
  ...plainRecord,
  api: 'ai',
  route: 'ai chat',
  method: 'POST',
  upstream: undefined,
  durationMs: 1500,
  aiProvider: 'openai',
  aiModel: 'gpt-5-mini',
  aiFirstTokenMs: 210.5,
  aiInputTokens: 1204,
  aiCachedTokens: 1000,
  aiOutputTokens: 356,
  aiReasoningTokens: 64,
  aiCostMicroUsd: 1234,
};

/** What may be in a label and breaks those who write it carelessly. */
const hostile = fc.constantFrom(
  '"',
  '\\',
  '\n',
  '\r\n# EOF\n',
  '\u2028# TYPE x counter',
  '\ud800',
  '\udfff\ud800',
  '\0',
  '\u007f\u0085',
  'ünï🏯',
  '"} 1 # {trace_id="a"} 1',
  ',le="+Inf"',
  'other',
  '',
);
export const hostileText = fc.oneof(
  hostile,
  fc.string({ unit: 'binary' }),
  fc.array(hostile, { maxLength: 4 }).map((parts) => parts.join('')),
);
const optional = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const count = fc.oneof(fc.nat(), fc.maxSafeNat());
const anyNumber = fc.oneof(count, fc.double(), fc.integer());

/** Whatever could stand in a line of a spool, numbers that cannot be included. */
export const anyRecord: fc.Arbitrary<ExchangeRecord> = fc.record({
  id: hostileText,
  time: count,
  worker: fc.nat(64),
  config: hostileText,
  api: optional(hostileText),
  version: optional(hostileText),
  route: optional(hostileText),
  method: fc.oneof(hostileText, fc.constantFrom('GET', 'POST')),
  path: hostileText,
  host: hostileText,
  status: fc.oneof(fc.integer({ min: 100, max: 599 }), anyNumber),
  code: optional(fc.oneof(hostileText, fc.constantFrom('limit.rate', 'toString'))),
  application: optional(hostileText),
  plan: optional(hostileText),
  clientIp: hostileText,
  bytesIn: anyNumber,
  bytesOut: anyNumber,
  durationMs: anyNumber,
  gatewayMs: anyNumber,
  upstream: optional(hostileText),
  cacheStatus: optional(hostileText),
  traceId: optional(fc.oneof(hostileText, fc.constant(plainRecord.traceId))),
  aiProvider: optional(hostileText),
  aiModel: optional(hostileText),
  aiFirstTokenMs: optional(anyNumber),
  aiInputTokens: optional(anyNumber),
  aiCachedTokens: optional(anyNumber),
  aiOutputTokens: optional(anyNumber),
  aiReasoningTokens: optional(anyNumber),
  aiCostMicroUsd: optional(anyNumber),
});
