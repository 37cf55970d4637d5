import type { Signature } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Delta, OpenBlock } from '../../canonical/stream-event.ts';
import type { Fields } from '../../loose-json.ts';
import { WholeCharacters, type DeltaLine } from './event-lines.ts';
import type { ItemHost, OutputItem } from './output-item.ts';
import { OWN } from './own.ts';
import { splitOwn, writeProof } from './proof.ts';

/** A reasoning item: each block is a part of its summary, or of its content where the model's very words are known. */
export class ReasoningItem implements OutputItem {
  readonly #host: ItemHost;
  readonly #itemId: string | undefined;
  readonly #redacted: Signature | undefined;
  readonly #parts: Record<PartKind, Fields[]> = { summary: [], content: [] };
  #id = '';
  #begun = false;
  #signature: Signature | undefined;
  #raw = false;
  #part: Part | undefined;

  constructor(block: Extract<OpenBlock, { readonly type: 'reasoning' }>, host: ItemHost) {
    this.#host = host;
    this.#itemId = block.itemId;
    this.#redacted = block.redacted;
  }

  takes(block: OpenBlock): boolean {
    return block.type === 'reasoning' && block.itemId !== undefined && block.itemId === this.#itemId;
  }

  begin(block: OpenBlock, kept: JsonFields | undefined): string {
    this.#raw = kept?.['raw'] === true;
    if (block.type === 'reasoning' && block.redacted !== undefined) this.#signature = block.redacted;
    if (this.#begun) return '';
    this.#begun = true;
    const proven = this.#redacted?.dialect === OWN ? splitOwn(this.#redacted).id : undefined;
    this.#id = this.#host.idOf(this.#itemId ?? proven, 'rs_');
    return this.#host.added({ type: 'reasoning', id: this.#id, summary: [], status: 'in_progress' });
  }

  delta(delta: Delta): string {
    if ('signature' in delta) this.#signature = delta.signature;
    if (!('text' in delta) || delta.text === '') return '';
    const lines = this.#part === undefined ? this.#beginPart() : '';
    return lines + (this.#part?.add(delta.text) ?? '');
  }

  stop(): string {
    const part = this.#part;
    this.#part = undefined;
    if (part === undefined) return '';
    const lines = part.end();
    this.#parts[part.kind].push(part.whole);
    return lines;
  }

  close(incomplete: boolean): string {
    const lines = this.stop();
    const { summary, content } = this.#parts;
    return (
      lines +
      this.#host.done({
        type: 'reasoning',
        id: this.#id,
        summary,
        ...(content.length > 0 && { content }),
        ...this.#proof(),
        status: incomplete ? 'incomplete' : 'completed',
      })
    );
  }

  /** Without one, an id of the vendor's own refers to what it has stored, and any other says that nobody signed. */
  #proof(): Fields {
    const signature = this.#signature;
    if (signature === undefined) {
      const unsigned = { signature: { value: '', dialect: OWN }, place: 'unsigned' } as const;
      return this.#itemId === undefined ? { encrypted_content: writeProof(unsigned) } : {};
    }
    const place = this.#redacted !== undefined && signature.dialect !== OWN ? 'redacted' : 'reasoning';
    return { encrypted_content: writeProof({ signature, place }) };
  }

  #beginPart(): string {
    const kind = this.#raw ? 'content' : 'summary';
    this.#part = new Part(kind, this.#host);
    const index = this.#parts[kind].length;
    return this.#part.begin({
      item_id: this.#id,
      output_index: this.#host.index,
      [kind === 'content' ? 'content_index' : 'summary_index']: index,
    });
  }
}

type PartKind = 'summary' | 'content';

const NAMES = {
  summary: { part: 'reasoning_summary_part', text: 'reasoning_summary_text', type: 'summary_text' },
  content: { part: 'content_part', text: 'reasoning_text', type: 'reasoning_text' },
} as const;

class Part {
  readonly kind: PartKind;
  readonly #host: ItemHost;
  readonly #characters = new WholeCharacters();
  #place: Fields = {};
  #text = '';
  #line: DeltaLine = () => '';

  constructor(kind: PartKind, host: ItemHost) {
    this.kind = kind;
    this.#host = host;
  }

  get whole(): Fields {
    return { type: NAMES[this.kind].type, text: this.#text };
  }

  begin(place: Fields): string {
    const { part, text } = NAMES[this.kind];
    this.#place = place;
    this.#line = this.#host.lines.deltas(`response.${text}.delta`, place);
    return this.#host.lines.event(`response.${part}.added`, { ...place, part: this.whole });
  }

  add(text: string): string {
    this.#text += text;
    const whole = this.#characters.add(text);
    return whole === '' ? '' : this.#line(whole);
  }

  end(): string {
    const { lines } = this.#host;
    const { part, text } = NAMES[this.kind];
    const half = this.#characters.end();
    const last = half === '' ? '' : this.#line(half);
    const done = lines.event(`response.${text}.done`, { ...this.#place, text: this.#text });
    return last + done + lines.event(`response.${part}.done`, { ...this.#place, part: this.whole });
  }
}
