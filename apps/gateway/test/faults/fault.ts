import type { FaultSetting } from './fault-setting.ts';
import type { Play } from './plays.ts';

/** What a caller gets of a call. */
export type Outcome = Answered | Refused | Broken;

/** A whole answer. */
export interface Answered {
  readonly ends: 'answered';
  readonly by: 'first' | 'second';
  /** So long the call waited in the gate before it was sent for the last time. */
  readonly waitMs?: readonly [number, number];
  readonly finish?: string;
}

/** An error in place of an answer. */
export interface Refused {
  readonly ends: 'refused';
  readonly status: number;
  /** As OpenAI's SDKs show it. */
  readonly code: string;
  readonly retryAfter?: string;
}

/** The begin of an answer, then an error event, and no end. */
export interface Broken {
  readonly ends: 'broken';
  readonly code: string;
  /** Of the answer, as far as the caller has it. */
  readonly tokens: number;
}

/** Plain, or streamed; undefined where a vendor cannot do such a thing. */
export interface Modes {
  readonly plain: Outcome | undefined;
  readonly streamed: Outcome | undefined;
}

/** What people ask about; some have more than one answer. */
export const SCENARIOS = [
  '429',
  '5xx',
  'refused connection',
  'no answer',
  'stall before the first token',
  'stall in the middle',
  'cut',
  'malformed frame',
  'error event',
  'content filter',
  'key revoked',
  'one key of three dead',
  'vendor down for a minute',
  'slow vendor',
  'context too long',
  'budget spent in the middle',
] as const;

export interface Fault {
  readonly scenario: (typeof SCENARIOS)[number];
  readonly name: string;
  /** What the vendor does, for readers. */
  readonly does: string;
  readonly play: Play | 'refuses-connections';
  readonly setting?: FaultSetting;
  /** With no other target. */
  readonly alone: Modes;
  /** With a fallback. */
  readonly backed: Modes;
  /** How often vendors were asked. */
  readonly tries: { readonly alone: number; readonly backed: number };
  /** Later calls go elsewhere, if they can, for so long. */
  readonly restsMs?: number;
  /** What else there is to know, for readers. */
  readonly note?: string;
}

export const answered = (by: Answered['by'], more: Omit<Answered, 'ends' | 'by'> = {}): Answered => ({
  ends: 'answered',
  by,
  ...more,
});

export const refused = (status: number, code: string, retryAfter?: string): Refused => ({
  ends: 'refused',
  status,
  code,
  ...(retryAfter !== undefined && { retryAfter }),
});

export const broken = (code: string, tokens: number): Broken => ({ ends: 'broken', code, tokens });

export const both = (outcome: Outcome): Modes => ({ plain: outcome, streamed: outcome });

export const onlyStreamed = (streamed: Outcome): Modes => ({ plain: undefined, streamed });
