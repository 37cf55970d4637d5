import type { AnswerFacts, Extras, GuardFinding, StreamEnd, Usage, UsageState } from '@gatehouse/ai';

/** What the record says of a model call; filled while it runs. */
export interface AiFacts {
  modelAsked: string | undefined;
  /** Whose call it is, of the operator's prompts. */
  prompt: { readonly name: string; readonly version: string } | undefined;
  provider: string | undefined;
  model: string | undefined;
  attempts: number;
  stream: boolean;
  firstTokenMs: number | undefined;
  finishReason: string | undefined;
  usage: Usage | undefined;
  usageState: UsageState | 'estimated';
  /** Which parts of the usage have prices of their own. */
  extras: Extras | undefined;
  /** Without the provider's own count nobody knows what was used. */
  unmetered: boolean;
  /** The caller's dialect, and the provider's where it differs. */
  dialect: string;
  /** What the provider could not be told. */
  losses: readonly string[];
  costMicroUsd: number | undefined;
  /** How much of it went to other providers than this one: `two:120, three:5`. */
  costElsewhere: string | undefined;
  priceVersion: string | undefined;
  /** Of an answer that reached the caller without its usage, by its length. */
  outputTokensSeen: number;
  /** What guards have found; undefined where none were at work. */
  guards: readonly GuardFinding[] | undefined;
}

export function emptyFacts(): AiFacts {
  return {
    modelAsked: undefined,
    prompt: undefined,
    provider: undefined,
    model: undefined,
    attempts: 0,
    stream: false,
    firstTokenMs: undefined,
    finishReason: undefined,
    usage: undefined,
    usageState: 'missing',
    extras: undefined,
    unmetered: false,
    dialect: '',
    losses: [],
    costMicroUsd: undefined,
    costElsewhere: undefined,
    priceVersion: undefined,
    outputTokensSeen: 0,
    guards: undefined,
  };
}

export function noteStreamEnd(facts: AiFacts, end: StreamEnd): void {
  facts.finishReason = end.finishReason;
  facts.usage = end.usage;
  facts.usageState = end.usageState;
  facts.extras = end.extras;
  facts.outputTokensSeen = end.outputTokensSeen;
}

export function noteAnswer(facts: AiFacts, { usage, finishReason, extras }: AnswerFacts): void {
  facts.usage = usage;
  facts.extras = extras;
  facts.usageState = usage === undefined ? 'missing' : 'measured';
  facts.finishReason = finishReason;
}

/** All of them, whatever they cost. */
export function tokensOf({ inputUncached, cacheRead = 0, cacheWrite = 0, outputText, reasoning = 0 }: Usage): number {
  return inputUncached + cacheRead + cacheWrite + outputText + reasoning;
}
