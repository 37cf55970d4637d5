import type { Citation, Signature } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import type { Delta, OpenBlock } from '../../canonical/stream-event.ts';
import type { Fields } from '../../loose-json.ts';
import { WholeCharacters, type DeltaLine } from './event-lines.ts';
import { fieldsOf, listOf } from './fields.ts';
import type { ItemHost, OutputItem } from './output-item.ts';
import { keptOf, OWN } from './own.ts';

/** A message of the answer; the texts and refusals in a row are its parts. Nothing is written before the first word. */
export class MessageItem implements OutputItem {
  /** Of a text, for which messages have no place. */
  signature: Signature | undefined;
  readonly #host: ItemHost;
  readonly #own: JsonFields;
  readonly #parts: Fields[] = [];
  #id = '';
  #begun = false;
  #part: Part | undefined;

  constructor(kept: JsonFields | undefined, host: ItemHost) {
    this.#host = host;
    this.#own = fieldsOf(kept?.['message']) ?? {};
  }

  get isEmpty(): boolean {
    return !this.#begun;
  }

  takes(block: OpenBlock, kept: JsonFields | undefined): boolean {
    if (block.type !== 'text' && block.type !== 'refusal') return false;
    return this.signature === undefined && fieldsOf(kept?.['message'])?.['id'] === this.#own['id'];
  }

  begin(block: OpenBlock, kept: JsonFields | undefined): string {
    const own = listOf(kept?.['logprobs']);
    this.#part = new Part(block.type === 'refusal' ? 'refusal' : 'output_text', own, this.#host);
    return '';
  }

  delta(delta: Delta): string {
    const part = this.#part;
    if (part === undefined) return '';
    if ('signature' in delta) this.signature = delta.signature;
    if ('citation' in delta) return this.#open(part) + part.cite(delta.citation);
    return 'text' in delta && delta.text !== '' ? this.#open(part) + part.add(delta.text, keptOf(delta)) : '';
  }

  stop(): string {
    const part = this.#part;
    this.#part = undefined;
    if (part === undefined || !part.begun) return '';
    const lines = part.end();
    this.#parts.push(part.whole);
    return lines;
  }

  close(incomplete: boolean): string {
    const lines = this.stop();
    if (!this.#begun) return lines;
    return lines + this.#host.done(this.#item(incomplete ? 'incomplete' : 'completed'));
  }

  #open(part: Part): string {
    if (part.begun) return '';
    let lines = '';
    if (!this.#begun) {
      this.#begun = true;
      this.#id = this.#host.idOf(this.#own['id'], 'msg_');
      lines = this.#host.added({ ...this.#item('in_progress'), content: [] });
    }
    return lines + part.begin({ item_id: this.#id, output_index: this.#host.index, content_index: this.#parts.length });
  }

  #item(status: string): Fields {
    return { ...this.#own, type: 'message', id: this.#id, status, role: 'assistant', content: [...this.#parts] };
  }
}

class Part {
  begun = false;
  readonly #type: 'output_text' | 'refusal';
  readonly #host: ItemHost;
  readonly #annotations: unknown[] = [];
  readonly #characters = new WholeCharacters();
  readonly #logprobs: Json[];
  #place: Fields = {};
  #text = '';
  #line: DeltaLine = () => '';

  constructor(type: 'output_text' | 'refusal', logprobs: readonly Json[], host: ItemHost) {
    this.#type = type;
    this.#host = host;
    this.#logprobs = [...logprobs];
  }

  begin(place: Fields): string {
    this.begun = true;
    this.#place = place;
    const { lines } = this.#host;
    const isText = this.#type === 'output_text';
    const rest = isText ? { logprobs: [] } : {};
    this.#line = lines.deltas(`response.${this.#type}.delta`, place, rest);
    const part = isText ? textPart('', { annotations: [], logprobs: [] }) : { type: 'refusal', refusal: '' };
    return lines.event('response.content_part.added', { ...place, part });
  }

  add(text: string, kept: JsonFields | undefined): string {
    this.#text += text;
    const logprobs = listOf(kept?.['logprobs']);
    this.#logprobs.push(...logprobs);
    const whole = this.#characters.add(text);
    return whole === '' ? '' : this.#line(whole, logprobs.length > 0 ? { logprobs } : undefined);
  }

  cite(citation: Citation): string {
    const annotation = writeAnnotation(citation, this.#text);
    if (annotation === undefined || this.#type === 'refusal') return '';
    const at = { ...this.#place, annotation_index: this.#annotations.length };
    this.#annotations.push(annotation);
    return this.#host.lines.event('response.output_text.annotation.added', { ...at, annotation });
  }

  end(): string {
    const { lines } = this.#host;
    const place = this.#place;
    const half = this.#characters.end();
    const last = half === '' ? '' : this.#line(half);
    const isText = this.#type === 'output_text';
    const said = isText ? { text: this.#text, logprobs: this.#logprobs } : { refusal: this.#text };
    const done = lines.event(`response.${this.#type}.done`, { ...place, ...said });
    return last + done + lines.event('response.content_part.done', { ...place, part: this.whole });
  }

  get whole(): Fields {
    if (this.#type === 'refusal') return { type: 'refusal', refusal: this.#text };
    return textPart(this.#text, { annotations: this.#annotations, logprobs: this.#logprobs });
  }
}

function textPart(text: string, rest: { readonly annotations: unknown; readonly logprobs: unknown }): Fields {
  return { type: 'output_text', annotations: rest.annotations, logprobs: rest.logprobs, text };
}

/** Other dialects cite passages of documents, too; annotations know addresses alone. */
function writeAnnotation({ raw, url, title, start, end }: Citation, text: string): Fields | undefined {
  if (raw?.dialect === OWN) return raw.data;
  if (url === undefined) return undefined;
  return {
    type: 'url_citation',
    start_index: start ?? 0,
    end_index: end ?? text.length,
    url,
    title: title ?? url,
  };
}
