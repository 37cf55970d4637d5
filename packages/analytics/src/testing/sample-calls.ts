import { recordLine, type ExchangeRecord } from '@gatehouse/record';
import { newRequestId } from '@gatehouse/kernel';

/** A small generator of the same numbers each time (Lehmer, MINSTD). */
export function randomFrom(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

export interface SampleOptions {
  readonly count: number;
  readonly fromMs: number;
  readonly toMs: number;
  readonly seed?: number;
}

const CODES = [undefined, undefined, undefined, 'limit.rate', 'auth.missing', 'upstream.failed'] as const;

/** Calls as a gate records them: some to models, some refused, some from a cache, with a long tail of times. */
export function sampleCalls({ count, fromMs, toMs, seed = 1 }: SampleOptions): readonly ExchangeRecord[] {
  const random = randomFrom(seed);
  const pick = <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(random() * items.length)];
  return Array.from({ length: count }, (): ExchangeRecord => {
    const time = Math.floor(fromMs + random() * (toMs - fromMs));
    const isModel = random() < 0.3;
    const code = pick(CODES);
    const gatewayMs = Math.round(random() * 400) / 1000;
    const durationMs = Math.round((gatewayMs + 2 / (random() + 0.001)) * 1000) / 1000;
    const status = code === undefined ? (pick([200, 200, 200, 201, 404]) ?? 200) : statusOf(code);
    const application = pick([undefined, 'web', 'mobile', 'other.batch']);
    return {
      id: newRequestId(time),
      time,
      worker: Math.floor(random() * 2),
      config: 'abc',
      api: isModel ? 'models' : (pick(['users', 'orders', 'other.billing']) ?? 'users'),
      version: pick(['1.0.0', '2.0.0']),
      route: pick(['list', 'get', 'put']),
      method: pick(['GET', 'POST']) ?? 'GET',
      path: `/v1/things/${Math.floor(random() * 50)}`,
      host: 'api.example.com',
      status,
      code,
      application,
      credential: application === undefined ? undefined : 'key-1',
      plan: application === undefined ? undefined : pick(['gold', 'free']),
      team: application === 'web' ? 'core' : undefined,
      clientIp: '192.0.2.1',
      bytesIn: Math.floor(random() * 500),
      bytesOut: Math.floor(random() * 5000),
      durationMs,
      gatewayMs,
      cacheStatus: pick([undefined, 'hit', 'miss', 'gatehouse; hit; ttl=30', 'gatehouse; fwd=miss']),
      ...(isModel && modelFields(random)),
    };
  });
}

function statusOf(code: string): number {
  if (code === 'limit.rate') return 429;
  return code === 'auth.missing' ? 401 : 502;
}

function modelFields(random: () => number): Partial<ExchangeRecord> {
  const stream = random() < 0.5;
  return {
    aiProvider: random() < 0.5 ? 'openai' : 'anthropic',
    aiModel: random() < 0.5 ? 'small' : 'large',
    aiModelAsked: 'fast',
    aiStream: stream,
    aiFirstTokenMs: stream ? Math.round(random() * 1000) / 1000 : undefined,
    aiInputTokens: Math.floor(random() * 1000),
    aiCachedTokens: Math.floor(random() * 10),
    aiOutputTokens: Math.floor(random() * 300),
    aiReasoningTokens: Math.floor(random() * 20),
    aiCostMicroUsd: Math.floor(random() * 100_000),
    aiPriceVersion: 'v1',
    aiUsageState: 'measured',
  };
}

/** As they stand in a spool. */
export function linesOf(records: readonly ExchangeRecord[]): Uint8Array {
  return Buffer.from(records.map((record) => recordLine(record)).join(''), 'latin1');
}
