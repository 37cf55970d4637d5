import type { MediaBlock, OpaqueBlock, Signature } from '../../canonical/chat-request.ts';
import type { Stop } from '../../canonical/chat-reply.ts';
import type { Json } from '../../canonical/json.ts';
import type { Delta, OpenBlock } from '../../canonical/stream-event.ts';
import { asText, type Fields } from '../../loose-json.ts';
import { CallItem } from './call-item.ts';
import type { EventLines } from './event-lines.ts';
import { MessageItem } from './message-item.ts';
import type { ItemHost, OutputItem } from './output-item.ts';
import { keptOf, OWN } from './own.ts';
import { writeProof, type ProofPlace } from './proof.ts';
import { ReasoningItem } from './reasoning-item.ts';
import { writeStop } from './stop.ts';
import { addLogprobs } from './logprobs.ts';

/**
 * Blocks, one after the other, to items of the answer: the events that stream them, and the items themselves. An item
 * stays open until the next one begins or the answer ends, because only then it is known to be complete.
 */
export class OutputWriter {
  readonly items: Fields[] = [];
  readonly #host: ItemHost;
  #item: OutputItem | undefined;
  #refused = false;

  constructor(lines: EventLines, newId: (prefix: string) => string) {
    const items = this.items;
    const ids = new Set<string>();
    this.#host = {
      lines,
      get index(): number {
        return items.length;
      },
      idOf: (own, prefix) => {
        // Callers' accumulators refuse an id that comes twice.
        const named = asText(own);
        const id = named === undefined || ids.has(named) ? newId(prefix) : named;
        ids.add(id);
        return id;
      },
      added: (item) => lines.event('response.output_item.added', { output_index: items.length, item }),
      done: (item) => {
        items.push(item);
        return lines.event('response.output_item.done', { output_index: items.length - 1, item });
      },
    };
  }

  begin(block: OpenBlock): string {
    const kept = keptOf(block);
    if (block.type === 'refusal') this.#refused = true;
    if (this.#item?.takes(block, kept) === true) return this.#item.begin(block, kept);
    let lines = this.close(false);
    if (block.type === 'opaque' || block.type === 'media') return lines + this.#whole(block);
    if (block.type === 'tool_call' && block.signature !== undefined) {
      lines += this.#proof(block.signature, 'next_call');
    }
    this.#item = this.#itemFor(block);
    return lines + this.#item.begin(block, kept);
  }

  delta(delta: Delta): string {
    return this.#item?.delta(delta) ?? '';
  }

  stop(): string {
    const item = this.#item;
    if (item === undefined) return '';
    const lines = item.stop();
    // What the signature belongs to has to stand right in front of it.
    const signed = (item instanceof MessageItem || item instanceof CallItem) && item.signature !== undefined;
    return signed ? lines + this.close(false) : lines;
  }

  /** The answer has ended. A refusal is a part of the answer here, also where it came as a reason alone. */
  finish(stop: Stop, logprobs: Json | undefined): string {
    let lines = '';
    if (stop.reason === 'refusal' && !this.#refused) {
      lines += this.begin({ type: 'refusal' }) + this.delta({ text: stop.detail ?? REFUSED }) + this.stop();
    }
    lines += this.close(writeStop(stop).status === 'incomplete');
    addLogprobs(this.items, logprobs);
    return lines;
  }

  close(incomplete: boolean): string {
    const item = this.#item;
    this.#item = undefined;
    if (item === undefined) return '';
    const lines = item.close(incomplete);
    if (item instanceof CallItem && item.signature !== undefined)
      return lines + this.#proof(item.signature, 'last_call');
    if (item instanceof MessageItem && item.signature !== undefined) {
      return lines + this.#proof(item.signature, item.isEmpty ? 'empty_text' : 'last_text');
    }
    return lines;
  }

  #itemFor(block: Exclude<OpenBlock, OpaqueBlock | MediaBlock>): OutputItem {
    if (block.type === 'reasoning') return new ReasoningItem(block, this.#host);
    if (block.type === 'tool_call') return new CallItem(block, keptOf(block), this.#host);
    return new MessageItem(keptOf(block), this.#host);
  }

  /** Items without an id break callers' accumulators. */
  #whole(block: OpaqueBlock | MediaBlock): string {
    const item = block.type === 'opaque' ? (block.dialect === OWN ? block.data : undefined) : image(block);
    if (item === undefined) return '';
    const named = { ...item, id: this.#host.idOf(item['id'], `${String(item['type'])}_`) };
    return this.#host.added(named) + this.#host.done(named);
  }

  #proof(signature: Signature, place: ProofPlace): string {
    const base = { type: 'reasoning', id: this.#host.idOf(undefined, 'rs_'), summary: [] };
    const item = { ...base, encrypted_content: writeProof({ signature, place }), status: 'completed' };
    return this.#host.added({ ...base, status: 'in_progress' }) + this.#host.done(item);
  }
}

const REFUSED = 'The model refused to answer.';

/** The one way in which answers of this dialect hold an image. */
function image({ kind, source }: MediaBlock): Fields | undefined {
  if (kind !== 'image' || source.via !== 'base64') return undefined;
  return { type: 'image_generation_call', status: 'completed', result: source.data };
}
