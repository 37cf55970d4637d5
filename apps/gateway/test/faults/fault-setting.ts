import { answers } from './plays.ts';

/** Each vendor has a word of its own, so that an answer shows whose it is. */
export const FIRST_WORD = 'aaa ';
export const SECOND_WORD = 'bbb ';
export const FIRST_WELL = answers(FIRST_WORD);
export const SECOND_WELL = answers(SECOND_WORD);

/** A token of an answer costs so much, one of a prompt nothing. */
export const MICRO_USD_PER_TOKEN = 10;
export const MAX_TOKENS = 100;
export const LIMITS_MS = { connect: 2000, firstByte: 10_000, idle: 5000 };

/** What a fault needs of a configuration. */
export interface FaultSetting {
  /** Of the first vendor, beside its address; a key by default. */
  readonly first?: string;
  /** Of the model, beside its targets. */
  readonly model?: string;
  readonly budgetUsd?: number;
  /** How long prompt and answer may be together, at the first vendor and at the second. */
  readonly contextTokens?: readonly [number, number];
}
