import type { Usage } from '../usage.ts';
import type { Block, DialectName } from './chat-request.ts';
import type { Json, JsonFields } from './json.ts';

/** A whole answer. */
export interface ChatReply {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly created: number;
  /** What the provider says it served. */
  readonly model: string;
  readonly choices: readonly Choice[];
  readonly usage?: Usage;
  readonly ext?: Readonly<Partial<Record<DialectName, JsonFields>>>;
}

export interface Choice {
  readonly index: number;
  readonly blocks: readonly Block[];
  readonly stop: Stop;
  readonly logprobs?: Json;
}

export interface Stop {
  readonly reason: StopReason;
  /** The stop sequence that was met. */
  readonly sequence?: string;
  /** What a filter or a refusal says about itself. */
  readonly detail?: string;
  /** As the provider wrote it. */
  readonly raw?: string;
}

/** Reference §3.5. Complete tool calls and a plain stop are `tool_calls`; `unknown` is shown as a plain stop. */
export type StopReason =
  | 'end'
  | 'length'
  | 'stop_sequence'
  | 'tool_calls'
  | 'content_filter'
  | 'refusal'
  | 'pause'
  | 'context_exceeded'
  | 'malformed_tool_call'
  | 'error'
  | 'unknown';
