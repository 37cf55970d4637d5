import type { Block } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import type { Delta, OpenBlock, StreamEvent } from '../../canonical/stream-event.ts';
import { asCount, asText } from '../../loose-json.ts';
import { given, isList, stringOf, typeOf } from './fields.ts';
import { deltasOf, openBlock } from './open-block.ts';
import { keep, keptOf } from './own.ts';
import { RAW_REASONING, type OutputReader } from './read-output.ts';
import { readAnnotation } from './read-parts.ts';

export type Emit = (event: StreamEvent) => void;

export interface ItemHost {
  readonly output: OutputReader;
  /** How many blocks have begun, and of which kinds. */
  readonly blocks: { count: number; readonly types: Set<Block['type']> };
  readonly emit: Emit;
  /** Stops the block beside which no other can be open. */
  stopSerial: () => void;
}

/** A block that has begun, and how much of it has been sent. */
interface Sent {
  readonly index: number;
  readonly type: OpenBlock['type'];
  /** Which part of its item it is. */
  readonly part: string;
  chars: number;
  citations: number;
  open: boolean;
}

/**
 * One item of a streamed response. Deltas are passed on as they come; when the item is done, it is read as in a whole
 * reply, and what the deltas left out, in the extreme all of it, is sent then. So both readings give the same blocks.
 */
export class ItemReader {
  readonly #host: ItemHost;
  readonly #id: string | undefined;
  readonly #sent: Sent[] = [];
  readonly #parts = new Map<string, Sent>();
  #item: JsonFields = {};
  #finished = false;

  /** `id`: as its first event names it. */
  constructor(host: ItemHost, id: string | undefined) {
    this.#host = host;
    this.#id = id;
  }

  get id(): string | undefined {
    return asText(this.#item['id']) ?? this.#id;
  }

  /** A call is shown as soon as it has a name; the rest waits for its first words. */
  begin(item: JsonFields): void {
    this.#item = item;
    const type = item['type'];
    if (type !== 'function_call' && type !== 'custom_tool_call') return;
    const [call] = this.#host.output.read(item);
    if (call?.type === 'tool_call') this.#open(openBlock(call), CALL);
  }

  delta(event: JsonFields): void {
    const text = event['delta'];
    if (typeof text === 'string' && text !== '') this.#grow(event, text);
  }

  /** A part is said again as a whole, which is all there is where a server sends no deltas. */
  whole(event: JsonFields): void {
    const said = event['text'] ?? event['refusal'] ?? event['arguments'] ?? event['input'];
    const text = stringOf(said) ?? '';
    const part = partOf(event);
    const sent = this.#parts.get(part);
    if (text.length > (sent?.chars ?? 0)) this.#grow(event, text.slice(sent?.chars ?? 0));
  }

  annotation(annotation: Json | undefined): void {
    const sent = this.#sent.at(-1);
    if (sent?.type !== 'text' || annotation === undefined) return;
    for (const citation of readAnnotation(annotation)) if (this.#send(sent, { citation })) sent.citations++;
  }

  finish(item: JsonFields): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#item = item;
    for (const [at, block] of this.#host.output.read(item).entries()) this.#complete(block, this.#sent[at]);
    this.#stopAll();
  }

  /** The response has ended without a word on how the item ended. */
  end(): void {
    const [call] = this.#sent;
    if (call?.type === 'tool_call' && call.chars === 0 && this.#item['type'] === 'function_call') {
      this.#send(call, { input: '{}' });
    }
    this.#finished = true;
    this.#stopAll();
  }

  #grow(event: JsonFields, text: string): void {
    if (this.#finished) return;
    const part = partOf(event);
    const last = this.#sent.at(-1);
    const sent = last?.part === part ? last : this.#begun(event, part);
    if (sent === undefined) return;
    const delta = sent.type === 'tool_call' ? { input: text } : { text };
    const { logprobs } = event;
    if (isList(logprobs) && logprobs.length > 0) keep(delta, { logprobs });
    if (this.#send(sent, delta)) sent.chars += text.length;
  }

  #begun(event: JsonFields, part: string): Sent | undefined {
    const block = this.#blockFor(event);
    return block === undefined ? undefined : this.#open(block, part);
  }

  #blockFor(event: JsonFields): OpenBlock | undefined {
    const kind = KINDS.get(typeOf(event));
    // A call that was never added has no name yet.
    if (kind === undefined || kind === 'call') return undefined;
    if (kind === 'text' || kind === 'refusal') return { type: kind };
    const reasoning: OpenBlock = { type: 'reasoning', ...given({ itemId: this.id }) };
    return kind === 'summary' ? reasoning : keep(reasoning, RAW_REASONING);
  }

  #open(block: OpenBlock, part: string): Sent {
    const host = this.#host;
    const { blocks, output } = host;
    host.stopSerial();
    const sent: Sent = { index: blocks.count++, type: block.type, part, chars: 0, citations: 0, open: true };
    // Calls may stay open beside others.
    host.stopSerial = sent.type === 'tool_call' ? nothing : () => this.#stop(sent);
    blocks.types.add(block.type);
    this.#sent.push(sent);
    this.#parts.set(part, sent);
    host.emit({
      t: 'block',
      choice: 0,
      index: sent.index,
      block: keep(block, keptOf(block) ?? output.keptFor(this.#item)),
    });
    return sent;
  }

  /** Sends what is missing of a block; `sent` is the one at the same place among those that have begun. */
  #complete(block: Block, sent: Sent | undefined): void {
    if (block.type === 'opaque') {
      if (sent === undefined) this.#open(block, WHOLE);
    } else if (block.type !== 'tool_result' && block.type !== 'media' && (sent?.type ?? block.type) === block.type) {
      const deltas = deltasOf(block, sent);
      if (sent?.open === true || (sent !== undefined && deltas.length === 0)) this.#sendAll(sent, deltas);
      else this.#sendAll(this.#open(openBlock(block), WHOLE), deltas);
    }
  }

  #sendAll(sent: Sent, deltas: readonly Delta[]): void {
    for (const delta of deltas) this.#send(sent, delta);
    this.#stop(sent);
  }

  /** What comes behind the stop of its block waits for the end of the item. */
  #send(sent: Sent, delta: Delta): boolean {
    if (sent.open) this.#host.emit({ t: 'delta', choice: 0, index: sent.index, delta });
    return sent.open;
  }

  #stopAll(): void {
    for (const sent of this.#sent) this.#stop(sent);
  }

  #stop(sent: Sent): void {
    if (!sent.open) return;
    sent.open = false;
    this.#host.emit({ t: 'block_stop', choice: 0, index: sent.index });
  }
}

export function nothing(): void {}

const CALL = 'call 0';
const WHOLE = 'whole';

/** What an event says something of. */
const KINDS: ReadonlyMap<string, 'text' | 'refusal' | 'summary' | 'reasoning' | 'call'> = new Map([
  ['response.output_text.delta', 'text'],
  ['response.output_text.done', 'text'],
  ['response.refusal.delta', 'refusal'],
  ['response.refusal.done', 'refusal'],
  ['response.reasoning_summary_text.delta', 'summary'],
  ['response.reasoning_summary_text.done', 'summary'],
  ['response.reasoning_text.delta', 'reasoning'],
  ['response.reasoning_text.done', 'reasoning'],
  ['response.function_call_arguments.delta', 'call'],
  ['response.function_call_arguments.done', 'call'],
  ['response.custom_tool_call_input.delta', 'call'],
  ['response.custom_tool_call_input.done', 'call'],
]);

function partOf(event: JsonFields): string {
  const kind = KINDS.get(typeOf(event)) ?? '';
  if (kind === 'call') return CALL;
  return `${kind} ${asCount(event['content_index']) ?? asCount(event['summary_index']) ?? 0}`;
}
