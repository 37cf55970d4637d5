import type { Citation, Signature } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { asText } from '../../loose-json.ts';
import type { BlockSink } from './block-sink.ts';
import { pack, readDetail } from './reasoning-details.ts';

export type SpeechKind = 'text' | 'refusal' | 'reasoning';

/** What one choice says, in blocks of which one at most is open: it ends where another kind of speech begins. */
export class SpeechReader {
  /** A refusal was told in words. */
  refused = false;
  readonly #sink: BlockSink;
  #kind: SpeechKind | undefined;
  #index = 0;
  /** What entries of `reasoning_details` say beside the text of the open block. */
  #detail: JsonFields = {};
  /** For the next text, when none is open. */
  #citations: Citation[] = [];
  #textSignature: Signature | undefined;

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  say(kind: SpeechKind, text: string): void {
    if (kind !== this.#kind) this.#open(kind);
    this.#sink.delta(this.#index, { text });
  }

  stop(): void {
    if (this.#kind === undefined) return;
    const value = this.#kind === 'reasoning' ? pack(this.#detail) : undefined;
    if (value !== undefined) this.#sink.delta(this.#index, { signature: { value, dialect: 'openai-chat' } });
    if (this.#kind === 'text') this.#tellPending();
    this.#sink.stop(this.#index);
    this.#kind = undefined;
  }

  cite(citation: Citation): void {
    this.#citations.push(citation);
  }

  signText(signature: Signature): void {
    this.#textSignature = signature;
  }

  /** Begins another block of reasoning when the entry belongs to another than the open one does. */
  enter(detail: JsonFields): void {
    const open = this.#kind === 'reasoning' && this.#detail['type'] !== undefined;
    if (open && (this.#detail['type'] !== detail['type'] || this.#detail['index'] !== detail['index'])) this.stop();
  }

  /** What an entry says beside its text goes to the open block; a signature ends it. */
  tell(detail: JsonFields): void {
    const said = Object.entries(detail).filter(
      ([name, value]) => value !== null && name !== 'text' && name !== 'summary',
    );
    const signed = asText(detail['signature']) !== undefined;
    if (this.#kind !== 'reasoning' && signed) this.#open('reasoning');
    if (this.#kind !== 'reasoning') return;
    this.#detail = { ...this.#detail, ...Object.fromEntries(said) };
    if (signed) this.stop();
  }

  /** Reasoning that only its vendor can read. */
  encrypted(detail: JsonFields): void {
    this.stop();
    const { text: _, ...block } = readDetail(detail, { sealed: false });
    this.#sink.stop(this.#sink.open(block));
  }

  #open(kind: SpeechKind): void {
    this.stop();
    this.#kind = kind;
    this.#detail = {};
    this.refused ||= kind === 'refusal';
    this.#index = this.#sink.open({ type: kind });
  }

  #tellPending(): void {
    for (const citation of this.#citations) this.#sink.delta(this.#index, { citation });
    this.#citations = [];
    if (this.#textSignature !== undefined) this.#sink.delta(this.#index, { signature: this.#textSignature });
    this.#textSignature = undefined;
  }
}
