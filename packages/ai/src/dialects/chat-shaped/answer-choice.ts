import type { Stop } from '../../canonical/chat-reply.ts';
import type { MediaBlock, OpaqueBlock, Signature } from '../../canonical/chat-request.ts';
import type { ReadContext } from '../../canonical/dialect.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import type { Delta, OpenBlock, StreamEvent } from '../../canonical/stream-event.ts';
import type { WireNames } from '../../canonical/wire-names.ts';
import { BlockSink } from '../openai-chat/block-sink.ts';
import { ToolCallReader, type CallFacts } from '../openai-chat/tool-call-reader.ts';

type Emit = (event: StreamEvent) => void;

/**
 * One choice of an answer that arrives in fragments: fragments of one kind are one block, and a fragment of another kind
 * stops it.
 */
export class AnswerChoice {
  stopped = false;
  readonly #index: number;
  readonly #sink: BlockSink;
  readonly #calls: ToolCallReader;
  readonly #emit: Emit;
  #open: { readonly index: number; readonly type: OpenBlock['type'] } | undefined;
  #began = 0;

  constructor(index: number, facts: CallFacts, emit: Emit) {
    this.#index = index;
    this.#emit = emit;
    this.#sink = new BlockSink(index, (event) => {
      if (event.t === 'block') this.#began++;
      emit(event);
    });
    this.#calls = new ToolCallReader(this.#sink, facts);
  }

  /** Did it say anything at all? */
  get empty(): boolean {
    return this.#began === 0;
  }

  get hasCalls(): boolean {
    return this.#calls.count > 0;
  }

  text(text: string): void {
    if (text !== '') this.delta('text', { text });
  }

  thought(text: string): void {
    if (text !== '') this.delta('reasoning', { text });
  }

  /** What is signed is over. */
  sign(signature: Signature): void {
    this.delta('reasoning', { signature });
    this.stopBlock();
  }

  whole(block: MediaBlock | OpaqueBlock): void {
    this.stopBlock();
    this.stopCalls();
    this.#sink.whole(block);
  }

  /** Begins the block when it is not the one that is open. */
  delta(type: 'text' | 'reasoning', delta: Delta): void {
    if (this.#open?.type !== type) {
      this.stopBlock();
      this.stopCalls();
      this.#open = { index: this.#sink.open({ type }), type };
    }
    this.#sink.delta(this.#open.index, delta);
  }

  /** Only while its text is still open has a citation a place. */
  get saysText(): boolean {
    return this.#open?.type === 'text';
  }

  /** A tool call, or the next fragment of one, in the shape of OpenAI Chat. */
  call(fragment: JsonFields): void {
    this.stopBlock();
    this.#calls.read(fragment);
  }

  stopBlock(): void {
    if (this.#open === undefined) return;
    this.#sink.stop(this.#open.index);
    this.#open = undefined;
  }

  stopCalls(): void {
    this.#calls.stopAll();
  }

  /** `readStop` is given whether there were calls. */
  stop(readStop: (calls: boolean) => Stop, logprobs?: Json): void {
    if (this.stopped) return;
    this.stopBlock();
    this.stopCalls();
    this.stopped = true;
    const read = readStop(this.hasCalls);
    // A call without a name cannot be made.
    const nameless = this.#calls.malformed && !this.hasCalls && read.reason !== 'length' && read.reason !== 'error';
    const stop: Stop = nameless ? { ...read, reason: 'malformed_tool_call' } : read;
    this.#emit({ t: 'stop', choice: this.#index, stop, ...(logprobs !== undefined && { logprobs }) });
  }
}

/** What the request tells about the calls of its answer. */
export function callFacts(context: ReadContext, names: Pick<WireNames, 'fromWire'>): CallFacts {
  const { tools } = context.request;
  const custom = new Set(tools.filter(({ kind }) => kind === 'custom').map(({ name }) => name));
  return {
    nameOf: (wire) => names.fromWire(wire),
    isWrapped: (name) => custom.has(name),
    newId: (prefix) => context.newId(prefix),
  };
}
