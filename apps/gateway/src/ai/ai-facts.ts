import type { StreamEnd, Usage, UsageState } from '@gatehouse/ai';

/** What the record says of a model call; filled while it runs. */
export interface AiFacts {
  modelAsked: string | undefined;
  provider: string | undefined;
  model: string | undefined;
  attempts: number;
  stream: boolean;
  firstTokenMs: number | undefined;
  finishReason: string | undefined;
  usage: Usage | undefined;
  usageState: UsageState | 'estimated';
  /** The caller's dialect, and the provider's where it differs. */
  dialect: string;
  /** What the provider could not be told. */
  losses: readonly string[];
  costMicroUsd: number | undefined;
  priceVersion: string | undefined;
  /** Of an answer that reached the caller without its usage, by its length. */
  outputTokensSeen: number;
}

export function emptyFacts(): AiFacts {
  return {
    modelAsked: undefined,
    provider: undefined,
    model: undefined,
    attempts: 0,
    stream: false,
    firstTokenMs: undefined,
    finishReason: undefined,
    usage: undefined,
    usageState: 'missing',
    dialect: '',
    losses: [],
    costMicroUsd: undefined,
    priceVersion: undefined,
    outputTokensSeen: 0,
  };
}

export function noteStreamEnd(facts: AiFacts, end: StreamEnd): void {
  facts.finishReason = end.finishReason;
  facts.usage = end.usage;
  facts.usageState = end.usageState;
  facts.outputTokensSeen = end.outputTokensSeen;
}

/** All of them, whatever they cost. */
export function tokensOf({ inputUncached, cacheRead = 0, cacheWrite = 0, outputText, reasoning = 0 }: Usage): number {
  return inputUncached + cacheRead + cacheWrite + outputText + reasoning;
}
