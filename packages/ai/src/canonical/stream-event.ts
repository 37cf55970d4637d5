import type { ProviderError } from '../provider-error.ts';
import type { Usage } from '../usage.ts';
import type { Stop } from './chat-reply.ts';
import type { Citation, Ext, MediaBlock, OpaqueBlock, Signature } from './chat-request.ts';
import type { Json } from './json.ts';

/**
 * One step of a streamed answer. Rules, which `StreamCheck` enforces in tests: one `start`, first, unless an `error` is
 * all there is; block indexes of a choice are dense from 0 in the order of their starts; a delta belongs to an open
 * block; every block is stopped before its choice's `stop`; one `stop` a choice, and at least one before `done`; `usage`
 * comes any number of times and the last one counts; one `done` or `error`, last. Several tool calls of a choice may be
 * open at once, and a writer whose dialect is serial holds them back; any other block is stopped before the next begins.
 */
export type StreamEvent =
  | { readonly t: 'start'; readonly id: string; readonly model: string; readonly created: number; readonly ext?: Ext }
  | { readonly t: 'block'; readonly choice: number; readonly index: number; readonly block: OpenBlock }
  | { readonly t: 'delta'; readonly choice: number; readonly index: number; readonly delta: Delta }
  | { readonly t: 'block_stop'; readonly choice: number; readonly index: number }
  | { readonly t: 'stop'; readonly choice: number; readonly stop: Stop; readonly logprobs?: Json }
  | { readonly t: 'usage'; readonly usage: Usage }
  | { readonly t: 'ping' }
  | { readonly t: 'done' }
  /** The provider reports a failure inside the stream. */
  | { readonly t: 'error'; readonly error: ProviderError };

/** How a block begins: what it is, without the content that its deltas bring. */
export type OpenBlock =
  | { readonly type: 'text' }
  | { readonly type: 'refusal' }
  | { readonly type: 'reasoning'; readonly redacted?: Signature; readonly itemId?: string }
  | {
      readonly type: 'tool_call';
      readonly id: string;
      readonly name: string;
      readonly custom?: boolean;
      readonly signature?: Signature;
      readonly itemId?: string;
    }
  /** Whole: images and sound have no deltas. */
  | MediaBlock
  | OpaqueBlock;

export type Delta =
  /** Of a text, refusal or reasoning block. */
  | { readonly text: string }
  /** A fragment of a tool call's input; joined they are its JSON text. */
  | { readonly input: string }
  | { readonly signature: Signature }
  | { readonly citation: Citation };
