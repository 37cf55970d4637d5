import type { Signature } from '../../canonical/chat-request.ts';
import type { OpenBlock } from '../../canonical/stream-event.ts';
import { NO_ARGUMENTS } from './read-assistant.ts';
import { extraContent } from './write-call.ts';

type OpenCall = Extract<OpenBlock, { readonly type: 'tool_call' }>;

/**
 * The calls of one choice as deltas, one call after the other: official SDKs take a call for complete when the next one
 * begins, and parse it. What comes for a later call waits until the earlier ones have stopped.
 */
export class CallSeries {
  readonly #legacy: boolean;
  readonly #whole: boolean;
  readonly #calls = new Map<number, Call>();
  /** Calls that have not stopped or not been written; the first is being written. */
  readonly #queue: Call[] = [];
  #count = 0;

  constructor({ legacy, whole }: CallStyle) {
    this.#legacy = legacy;
    this.#whole = whole;
  }

  has(index: number): boolean {
    return this.#calls.has(index);
  }

  open(index: number, block: OpenCall): readonly string[] {
    const call: Call = { block, slot: this.#count++, input: '', written: false, saidNothing: true, stopped: false };
    this.#calls.set(index, call);
    this.#queue.push(call);
    return this.#queue[0] === call ? this.#write(call) : [];
  }

  input(index: number, input: string): readonly string[] {
    const call = this.#calls.get(index);
    if (call === undefined || input === '') return [];
    call.input += input;
    return this.#queue[0] === call ? this.#write(call) : [];
  }

  sign(index: number, signature: Signature): readonly string[] {
    const call = this.#calls.get(index);
    if (call === undefined) return [];
    if (!call.written) {
      call.block = { ...call.block, signature };
      return [];
    }
    return [`{"tool_calls":[{"index":${call.slot},${JSON.stringify(extraContent(signature)).slice(1, -1)}}]}`];
  }

  stop(index: number): readonly string[] {
    const call = this.#calls.get(index);
    if (call === undefined) return [];
    call.stopped = true;
    const deltas: string[] = [];
    for (let first = this.#queue[0]; first !== undefined; first = this.#queue[0]) {
      if (first.stopped && first.input === '' && first.saidNothing && first.block.custom !== true)
        first.input = NO_ARGUMENTS;
      deltas.push(...this.#write(first));
      if (!first.stopped) break;
      this.#queue.shift();
    }
    return deltas;
  }

  #write(call: Call): readonly string[] {
    if ((this.#legacy && call.slot > 0) || (this.#whole && !call.stopped)) return [];
    const deltas = call.written ? [] : [this.#head(call)];
    call.written = true;
    if (call.input !== '' && !this.#whole) deltas.push(this.#fragment(call));
    call.saidNothing &&= call.input === '';
    call.input = '';
    return deltas;
  }

  #head({ block, slot, input }: Call): string {
    const { id, name, custom, signature } = block;
    const begun = this.#whole ? input : '';
    if (this.#legacy) return JSON.stringify({ function_call: { name, arguments: begun } });
    const body =
      custom === true
        ? { type: 'custom', custom: { name, input: begun } }
        : { type: 'function', function: { name, arguments: begun } };
    const extra = signature === undefined ? {} : extraContent(signature);
    return JSON.stringify({ tool_calls: [{ index: slot, id, ...body, ...extra }] });
  }

  #fragment({ block, slot, input }: Call): string {
    const text = JSON.stringify(input);
    if (this.#legacy) return `{"function_call":{"arguments":${text}}}`;
    const body = block.custom === true ? `"custom":{"input":${text}}` : `"function":{"arguments":${text}}`;
    return `{"tool_calls":[{"index":${slot},${body}}]}`;
  }
}

export interface CallStyle {
  /** There is one call at most, and it is told as a `function_call`. */
  readonly legacy: boolean;
  /** A call is told when it is complete, in one delta. */
  readonly whole: boolean;
}

interface Call {
  block: OpenCall;
  readonly slot: number;
  /** What has not been written yet. */
  input: string;
  written: boolean;
  saidNothing: boolean;
  stopped: boolean;
}
