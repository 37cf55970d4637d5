import type { ReadContext, StreamReader, WireRecord } from '../../canonical/dialect.ts';
import { parseExact, type Json, type JsonFields } from '../../canonical/json.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { asCount, asText } from '../../loose-json.ts';
import { fieldsOf, given, listOf, stringOf, typeOf } from './fields.ts';
import { ItemReader, nothing, type Emit, type ItemHost } from './item-reader.ts';
import { readLogprobs } from './logprobs.ts';
import { isFailure, readFailure } from './read-failure.ts';
import { OutputReader } from './read-output.ts';
import { readHead } from './read-reply.ts';
import { readStop } from './stop.ts';
import { readUsage } from './usage.ts';

/**
 * Reads the events of a streamed response. The start waits for the first item, because providers open every stream with
 * `response.created` before they know whether they can serve it: a call that fails right behind can still go elsewhere.
 */
export class ResponsesStreamReader implements StreamReader {
  readonly #context: ReadContext;
  /** By their place in the output. */
  readonly #items = new Map<number, ItemReader>();
  readonly #places = new Map<string, number>();
  readonly #host: ItemHost;
  #last = 0;
  #head: JsonFields = {};
  #started = false;
  #ended: 'done' | 'error' | undefined;
  #emit: Emit = () => {};

  constructor(context: ReadContext) {
    this.#context = context;
    this.#host = {
      output: new OutputReader(context),
      blocks: { count: 0, types: new Set() },
      emit: (event) => this.#send(event),
      stopSerial: nothing,
    };
  }

  read(record: WireRecord, emit: Emit): void {
    if (this.#ended !== undefined) return;
    const event = record.data === '' ? undefined : fieldsOf(parseExact(record.data));
    if (event === undefined) {
      // Comments keep the connection alive; [DONE] and the rest of a torn event say nothing.
      if (record.data === '' && this.#started) emit({ t: 'ping' });
      return;
    }
    this.#emit = emit;
    this.#take(event);
  }

  end(emit: Emit): void {
    if (this.#ended === 'done') emit({ t: 'done' });
  }

  #take(event: JsonFields): void {
    const type = typeOf(event);
    switch (type) {
      case 'response.output_text.delta':
      case 'response.refusal.delta':
      case 'response.reasoning_summary_text.delta':
      case 'response.reasoning_text.delta':
      case 'response.function_call_arguments.delta':
      case 'response.custom_tool_call_input.delta':
        return this.#item(event).delta(event);
      case 'response.output_text.done':
      case 'response.refusal.done':
      case 'response.reasoning_summary_text.done':
      case 'response.reasoning_text.done':
      case 'response.function_call_arguments.done':
      case 'response.custom_tool_call_input.done':
        return this.#item(event).whole(event);
      case 'response.output_text.annotation.added':
        return this.#item(event).annotation(event['annotation']);
      case 'response.output_item.added':
        return this.#added(event);
      case 'response.output_item.done':
        return this.#done(event);
      case 'response.created':
      case 'response.queued':
      case 'response.in_progress':
        this.#head = fieldsOf(event['response']) ?? this.#head;
        return undefined;
      case 'response.completed':
      case 'response.incomplete':
      case 'response.failed':
        return this.#finish(fieldsOf(event['response']) ?? {}, type);
      case 'keepalive':
        if (this.#started) this.#emit({ t: 'ping' });
        return undefined;
      default:
        // Progress of the vendor's own tools, the frame of parts, and what is not known yet.
        return isFailure(event) ? this.#fail(event) : undefined;
    }
  }

  #start(): void {
    if (this.#started) return;
    this.#started = true;
    this.#emit({ t: 'start', ...readHead(this.#head, this.#context) });
  }

  #send(event: StreamEvent): void {
    this.#start();
    this.#emit(event);
  }

  /** The item that an event belongs to, also where a server has never added it. */
  #item(event: JsonFields): ItemReader {
    const id = asText(event['item_id']);
    const at =
      asCount(event['output_index']) ?? (id === undefined ? this.#last : (this.#places.get(id) ?? this.#beside()));
    return this.#itemAt(at, id);
  }

  #itemAt(at: number, id: string | undefined): ItemReader {
    this.#last = at;
    const known = this.#items.get(at);
    if (known !== undefined) return known;
    const item = new ItemReader(this.#host, id);
    this.#items.set(at, item);
    if (id !== undefined) this.#places.set(id, at);
    return item;
  }

  /** Below all places that a server could name. */
  #beside(): number {
    return -1 - this.#items.size;
  }

  #added(event: JsonFields): void {
    const item = fieldsOf(event['item']);
    if (item === undefined) return;
    this.#start();
    this.#itemAt(asCount(event['output_index']) ?? this.#beside(), asText(item['id'])).begin(item);
  }

  #done(event: JsonFields): void {
    const item = fieldsOf(event['item']);
    if (item !== undefined) this.#item({ item_id: item['id'] ?? null, ...event }).finish(item);
  }

  #finish(response: JsonFields, type: string): void {
    if (type === 'response.failed' || isFailure(response)) return this.#fail({ status: 'failed', ...response });
    if (!this.#started) this.#head = { ...this.#head, ...response };
    this.#start();
    const output = listOf(response['output']);
    this.#finishItems(output);
    for (const item of this.#items.values()) item.end();
    const usage = readUsage(response['usage']);
    if (usage !== undefined) this.#emit({ t: 'usage', usage });
    const status = stringOf(response['status']) ?? type.slice('response.'.length);
    const stop = readStop({ ...response, status }, this.#host.blocks.types);
    this.#emit({ t: 'stop', choice: 0, stop, ...given({ logprobs: readLogprobs(output) }) });
    this.#ended = 'done';
  }

  /** Items that were not finished one by one, or never streamed. Not every server numbers them alike both times. */
  #finishItems(output: readonly Json[]): void {
    for (const [at, value] of output.entries()) {
      const item = fieldsOf(value) ?? {};
      const id = asText(item['id']);
      const place = id === undefined ? undefined : this.#places.get(id);
      const missing = this.#items.has(at) || this.#items.size < output.length;
      if (place !== undefined || missing) this.#itemAt(place ?? at, id).finish(item);
    }
  }

  #fail(said: JsonFields): void {
    this.#ended = 'error';
    this.#emit({ t: 'error', error: readFailure(said) });
  }
}
