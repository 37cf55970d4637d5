import type { ExchangeRecord, GapRecord } from '@gatehouse/record';
import { gapLine, recordLine } from '@gatehouse/record';
import type { SinkItem } from '../sink.ts';

export const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
export const SPAN = '53995c3f42cd8ad8';
export const PARENT = '00f067aa0ba902b7';
export const TIME = 1_790_000_000_123;

/** A sampled call that went to an upstream at once. */
export const plainRecord: ExchangeRecord = {
  id: 'request-1',
  time: TIME,
  worker: 1,
  config: 'a1b2c3d4e5f6',
  api: 'users',
  version: '1.0.0',
  route: 'users GET /v1/users/{id}',
  method: 'GET',
  path: '/v1/users/42',
  host: 'api.example.com:8443',
  status: 200,
  application: 'mobile',
  credential: 'ci',
  owner: 'Zoë',
  subscription: 'mobile/users',
  plan: 'gold',
  team: 'apps',
  clientIp: '10.20.30.40',
  userAgent: 'curl/8.5.0',
  bytesIn: 0,
  bytesOut: 632,
  durationMs: 12.5,
  gatewayMs: 0.25,
  connectMs: 1,
  firstByteMs: 9.5,
  bodyMs: 2.5,
  upstream: 'http://10.0.0.1:4001',
  attempts: 1,
  traceId: TRACE,
  spanId: SPAN,
  parentSpanId: PARENT,
  traceSampled: true,
};

const { upstream: _upstream, attempts: _attempts, connectMs: _connectMs, ...withoutUpstream } = plainRecord;

/** A call of a model. */
export const modelRecord: ExchangeRecord = {
  ...withoutUpstream,
  id: 'request-2',
  api: 'ai',
  route: 'ai POST /v1/chat/completions',
  method: 'POST',
  path: '/v1/chat/completions',
  aiDialect: 'openai-chat>anthropic',
  aiModelAsked: 'assistant',
  aiPrompt: 'triage',
  aiPromptVersion: '2',
  aiProvider: 'anthropic',
  aiModel: 'claude-haiku-5',
  aiAttempts: 1,
  aiStream: true,
  aiFirstTokenMs: 210.5,
  aiInputTokens: 1204,
  aiCachedTokens: 1000,
  aiOutputTokens: 356,
  aiReasoningTokens: 64,
  aiCostMicroUsd: 1234,
  aiPriceVersion: 'p1',
  aiLoss: 'dropped:seed',
  aiGuards: 'pii:request:card:1:mask',
  aiFinishReason: 'stop',
  aiUsageState: 'measured',
};

/** What must be there, and nothing else: a head that could not be read. */
export const leastRecord: ExchangeRecord = {
  id: 'request-3',
  time: TIME,
  worker: 0,
  config: 'a1b2c3d4e5f6',
  method: '',
  path: '',
  host: '',
  status: 400,
  clientIp: '10.20.30.40',
  bytesIn: 0,
  bytesOut: 0,
  durationMs: 0,
  gatewayMs: 0,
};

export const gap: GapRecord = { gap: true, lost: 42, from: TIME, to: TIME + 1000, worker: 3 };

export const lineOf = (record: ExchangeRecord): string => recordLine(record).trimEnd();
export const gapText = gapLine(gap).trimEnd();

export const itemOf = (record: ExchangeRecord): SinkItem => ({ kind: 'record', line: lineOf(record), record });
export const gapItem: SinkItem = { kind: 'gap', line: gapText, gap };

/** Records that differ in their ids, which are `prefix-0`, `prefix-1`… */
export const numbered = (prefix: string, count: number): ExchangeRecord[] =>
  Array.from({ length: count }, (_, i) => ({ ...plainRecord, id: `${prefix}-${i}` }));
