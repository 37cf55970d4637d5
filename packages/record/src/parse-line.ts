import type { Observation } from '@gatehouse/kernel';
import { isBodyLine, type BodyLine } from './bodies/body-line.ts';
import { AI_USAGE_STATES } from './exchange-record.ts';
import type { ExchangeRecord, GapRecord } from './exchange-record.ts';
import { parseObserved } from './observed-line.ts';

type Kind = 'text' | 'number' | 'flag' | 'text?' | 'number?' | 'flag?';

/** Every field of a record in the order of its line, with its type; `?` where it may be left out. */
export const RECORD_FIELDS = {
  id: 'text',
  time: 'number',
  worker: 'number',
  config: 'text',
  api: 'text?',
  version: 'text?',
  route: 'text?',
  method: 'text',
  path: 'text',
  host: 'text',
  status: 'number',
  code: 'text?',
  application: 'text?',
  credential: 'text?',
  owner: 'text?',
  subscription: 'text?',
  plan: 'text?',
  team: 'text?',
  clientIp: 'text',
  userAgent: 'text?',
  bytesIn: 'number',
  bytesOut: 'number',
  durationMs: 'number',
  gatewayMs: 'number',
  guardMs: 'number?',
  identifyMs: 'number?',
  admitMs: 'number?',
  shapeMs: 'number?',
  waits: 'text?',
  connectMs: 'number?',
  firstByteMs: 'number?',
  bodyMs: 'number?',
  upstream: 'text?',
  upstreamReason: 'text?',
  upstreamTries: 'text?',
  attempts: 'number?',
  cacheStatus: 'text?',
  limit: 'text?',
  policies: 'text?',
  traceId: 'text?',
  spanId: 'text?',
  parentSpanId: 'text?',
  traceSampled: 'flag?',
  aiDialect: 'text?',
  aiModelAsked: 'text?',
  aiPrompt: 'text?',
  aiPromptVersion: 'text?',
  aiProvider: 'text?',
  aiModel: 'text?',
  aiAttempts: 'number?',
  aiStream: 'flag?',
  aiFirstTokenMs: 'number?',
  aiInputTokens: 'number?',
  aiCachedTokens: 'number?',
  aiOutputTokens: 'number?',
  aiReasoningTokens: 'number?',
  aiCostMicroUsd: 'number?',
  aiCostElsewhere: 'text?',
  aiPriceVersion: 'text?',
  aiLoss: 'text?',
  aiGuards: 'text?',
  aiFinishReason: 'text?',
  aiUsageState: 'text?',
} as const satisfies Record<keyof ExchangeRecord, Kind>;

export type SpoolLine =
  | { readonly kind: 'record'; readonly line: string; readonly record: ExchangeRecord }
  | { readonly kind: 'gap'; readonly line: string; readonly gap: GapRecord }
  | { readonly kind: 'observed'; readonly line: string; readonly observation: Observation }
  | { readonly kind: 'body'; readonly line: string; readonly body: BodyLine };

const TYPES = { text: 'string', number: 'number', flag: 'boolean' } as const;
const CHECKS = Object.entries(RECORD_FIELDS).map(([name, kind]) => ({
  name,
  optional: kind.endsWith('?'),
  type: TYPES[plain(kind)],
}));

/** `undefined` for a line that is none of them; fields that this version does not know are kept. */
export function parseLine(line: string): SpoolLine | undefined {
  const value = parseObject(line);
  if (value === undefined) return undefined;
  if (isGap(value)) return { kind: 'gap', line, gap: value };
  const observation = parseObserved(value);
  if (observation !== undefined) return { kind: 'observed', line, observation };
  if (isBodyLine(value)) return { kind: 'body', line, body: value };
  return isRecord(value) ? { kind: 'record', line, record: value } : undefined;
}

function parseObject(line: string): object | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: object): value is ExchangeRecord {
  const fields = new Map<string, unknown>(Object.entries(value));
  const state = fields.get('aiUsageState');
  if (state !== undefined && !AI_USAGE_STATES.some((known) => known === state)) return false;
  return CHECKS.every(({ name, optional, type }) => {
    const field = fields.get(name);
    return field === undefined ? optional : typeof field === type;
  });
}

function isGap(value: object): value is GapRecord {
  return (
    'gap' in value &&
    value.gap === true &&
    'lost' in value &&
    typeof value.lost === 'number' &&
    'from' in value &&
    typeof value.from === 'number' &&
    'to' in value &&
    typeof value.to === 'number' &&
    'worker' in value &&
    typeof value.worker === 'number'
  );
}

function plain(kind: Kind): keyof typeof TYPES {
  if (kind === 'text' || kind === 'text?') return 'text';
  return kind === 'flag' || kind === 'flag?' ? 'flag' : 'number';
}
