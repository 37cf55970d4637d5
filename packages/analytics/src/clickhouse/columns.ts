import { FIELDS, kindOf, type Field } from '../sql/fields.ts';

export interface Column {
  readonly name: string;
  readonly type: string;
}

/** Texts of which there are few: a number stands for each. */
const FEW: ReadonlySet<Field> = new Set([
  'config',
  'api',
  'version',
  'route',
  'method',
  'host',
  'code',
  'application',
  'credential',
  'owner',
  'subscription',
  'plan',
  'team',
  'upstream',
  'upstreamReason',
  'cacheStatus',
  'limit',
  'aiDialect',
  'aiModelAsked',
  'aiPrompt',
  'aiPromptVersion',
  'aiProvider',
  'aiModel',
  'aiPriceVersion',
  'aiFinishReason',
  'aiUsageState',
]);

/** Numbers that are whole, with how large they may be. All others are times in ms. */
export const WHOLE = {
  time: 'Int64',
  worker: 'UInt16',
  status: 'UInt16',
  bytesIn: 'Int64',
  bytesOut: 'Int64',
  attempts: 'UInt32',
  aiAttempts: 'UInt32',
  aiInputTokens: 'Int64',
  aiCachedTokens: 'Int64',
  aiOutputTokens: 'Int64',
  aiReasoningTokens: 'Int64',
  aiCostMicroUsd: 'Int64',
} as const satisfies Partial<Record<Field, keyof typeof LARGEST>>;

const LARGEST = { Int64: Number.MAX_SAFE_INTEGER, UInt32: 2 ** 32 - 1, UInt16: 2 ** 16 - 1 } as const;

/** A column for each field of a record, in their order. */
export const COLUMNS: readonly Column[] = FIELDS.map((name) => ({ name, type: typeOf(name) }));

function typeOf(name: Field): string {
  const { kind, isOptional } = kindOf(name);
  const plain = kind === 'number' ? (wholeType(name) ?? 'Float64') : { text: 'String', flag: 'Bool' }[kind];
  const type = isOptional ? `Nullable(${plain})` : plain;
  return FEW.has(name) ? `LowCardinality(${type})` : type;
}

/** Whether a number fits its column: what does not would have the server refuse the whole batch. */
export function fits(name: Field, value: number): boolean {
  const type = wholeType(name);
  if (type === undefined) return Number.isFinite(value);
  return (
    Number.isSafeInteger(value) &&
    value >= (type === 'Int64' && name !== 'time' ? -LARGEST.Int64 : 0) &&
    value <= LARGEST[type]
  );
}

function wholeType(name: Field): keyof typeof LARGEST | undefined {
  const types: Readonly<Partial<Record<Field, keyof typeof LARGEST>>> = WHOLE;
  return types[name];
}
