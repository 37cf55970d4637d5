import type { ReadContext, StreamReader, WireRecord } from '../../canonical/dialect.ts';
import { unfoldReply } from '../../canonical/fold-stream.ts';
import type { Ext } from '../../canonical/chat-request.ts';
import { isJsonFields, parseExact, type JsonFields } from '../../canonical/json.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { asText } from '../../loose-json.ts';
import { answerContext } from './answer-context.ts';
import { readError } from './provider-errors.ts';
import { readReply, replyExt } from './reply-reader.ts';
import { readStop } from './stop-reasons.ts';
import { StreamBlocks } from './stream-blocks.ts';
import { UsageSoFar } from './wire-usage.ts';

type Emit = (event: StreamEvent) => void;

export class AnthropicStreamReader implements StreamReader {
  readonly #context: ReadContext;
  readonly #blocks: StreamBlocks;
  readonly #usage = new UsageSoFar();
  /** Of the message; undefined until it has started. */
  #id: string | undefined;
  /** What said why the message stops. */
  #stop: JsonFields | undefined;
  #ended = false;

  constructor(context: ReadContext) {
    this.#context = context;
    this.#blocks = new StreamBlocks(answerContext(context));
  }

  read(record: WireRecord, emit: Emit): void {
    if (this.#ended) return;
    if (record.data === '') this.#readBare(record, emit);
    else {
      const event = parseExact(record.data);
      if (isJsonFields(event)) this.#readEvent(event, record.data, emit);
    }
  }

  /** A stream that gave its reason is whole though its last event is missing. */
  end(emit: Emit): void {
    if (!this.#ended && this.#stop !== undefined) this.#finish(emit);
  }

  #readEvent(event: JsonFields, text: string, emit: Emit): void {
    switch (asText(event['type']) ?? '') {
      case 'message_start':
        return this.#readStart(event, emit);
      case 'content_block_start':
        return this.#readBlockStart(event, emit);
      case 'content_block_delta':
        if (isJsonFields(event['delta'])) this.#blocks.delta(indexOf(event), event['delta'], this.#started(emit));
        return undefined;
      case 'content_block_stop':
        return this.#blocks.stop(indexOf(event), emit);
      case 'message_delta':
        return this.#readMessageDelta(event, emit);
      case 'message_stop':
        return this.#finish(this.#started(emit));
      case 'ping':
        // Before the start it says only that the connection lives.
        return this.#id === undefined ? undefined : emit({ t: 'ping' });
      default:
        // Relays send errors of other shapes too.
        return event['type'] === 'error' || isJsonFields(event['error']) ? this.#fail(text, emit) : undefined;
    }
  }

  #readStart(event: JsonFields, emit: Emit): void {
    const message = isJsonFields(event['message']) ? event['message'] : {};
    const id = asText(message['id']);
    if (this.#id !== undefined) return this.#startAgain(id, message, emit);
    this.#begin(emit, { id, model: asText(message['model']), ...replyExt(message) });
    this.#count(message, emit);
    return undefined;
  }

  /** Relays repeat a start. One with another id begins anew, which works as long as nothing has been said. */
  #startAgain(id: string | undefined, message: JsonFields, emit: Emit): void {
    if (id === undefined || id === this.#id) return;
    if (this.#blocks.begun) this.#fail(RESTARTED, emit);
    else this.#count(message, emit);
  }

  #readBlockStart(event: JsonFields, emit: Emit): void {
    const block = event['content_block'];
    if (isJsonFields(block)) this.#blocks.start(indexOf(event), block, this.#started(emit));
  }

  #readMessageDelta(event: JsonFields, emit: Emit): void {
    const delta = event['delta'];
    // It may come more than once, and only one of them need say why.
    if (isJsonFields(delta) && asText(delta['stop_reason']) !== undefined) this.#stop = delta;
    this.#count(event, this.#started(emit));
  }

  #count(holder: JsonFields, emit: Emit): void {
    const usage = this.#usage.add(holder['usage']);
    if (usage !== undefined) emit({ t: 'usage', usage });
  }

  /** What has no start gets one. */
  #started(emit: Emit): Emit {
    if (this.#id === undefined) this.#begin(emit, {});
    return emit;
  }

  #begin(emit: Emit, said: StartSaid): void {
    const { target, created } = this.#context;
    this.#id = said.id ?? this.#context.newId('msg_');
    const ext = said.ext !== undefined && { ext: said.ext };
    emit({ t: 'start', id: this.#id, model: said.model ?? target.model, created, ...ext });
  }

  #finish(emit: Emit): void {
    this.#blocks.stopAll(emit);
    emit({ t: 'stop', choice: 0, stop: readStop(this.#stop ?? {}, this.#blocks) });
    emit({ t: 'done' });
    this.#ended = true;
  }

  #fail(text: string, emit: Emit): void {
    emit({ t: 'error', error: readError(200, text) });
    this.#ended = true;
  }

  /** A body that is no stream of events: an error, or a whole answer of a server that does not stream. */
  #readBare({ raw }: WireRecord, emit: Emit): void {
    if (this.#id !== undefined || !BARE_JSON.test(raw.toString('latin1', 0, BARE_BYTES_TESTED))) return;
    const body = parseExact(raw.toString('utf8'));
    const reply = body === undefined ? undefined : readReply(body, this.#context);
    if (reply === undefined) return;
    if ('kind' in reply) emit({ t: 'error', error: reply });
    else for (const event of unfoldReply(reply)) emit(event);
    this.#ended = true;
  }
}

interface StartSaid {
  readonly ext?: Ext;
  readonly id?: string | undefined;
  readonly model?: string | undefined;
}

const BARE_JSON = /^\s*\{/;
const BARE_BYTES_TESTED = 64;

const RESTARTED = '{"type":"error","error":{"type":"api_error","message":"The answer began anew in its middle."}}';

function indexOf({ index }: JsonFields): number {
  return typeof index === 'number' ? index : 0;
}
