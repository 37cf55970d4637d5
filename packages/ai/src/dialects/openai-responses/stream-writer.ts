import type { Stop } from '../../canonical/chat-reply.ts';
import type { CallerError, ReplyContext, StreamWriter } from '../../canonical/dialect.ts';
import type { Delta, OpenBlock, StreamEvent } from '../../canonical/stream-event.ts';
import { asFields, asText, parseJson, type Fields } from '../../loose-json.ts';
import type { Usage } from '../../usage.ts';
import { EventLines } from './event-lines.ts';
import { OutputWriter } from './output-writer.ts';
import { responseHead, responseState, unbegunHead } from './response-head.ts';
import { failed, writeStop, type Ending } from './stop.ts';
import { writeError } from './write-error.ts';

/** A block that waits for those in front of it, or is being written. */
interface Slot {
  readonly block: OpenBlock;
  readonly waiting: Delta[];
  stopped: boolean;
}

type Start = Extract<StreamEvent, { readonly t: 'start' }>;

/**
 * Writes a streamed response. Items stand one behind the other: of several calls that grow at once the first is sent as
 * it comes, and the others wait for their turn (reference T8). The end waits for `done`, because it tells the usage.
 */
export class ResponsesStreamWriter implements StreamWriter {
  readonly #context: ReplyContext;
  readonly #lines = new EventLines();
  readonly #output: OutputWriter;
  /** By their index, in the order in which they began. */
  readonly #slots = new Map<number, Slot>();
  #written: Slot | undefined;
  #head: Fields | undefined;
  #stop: Stop = { reason: 'unknown' };
  #usage: Usage | undefined;
  #ended = false;

  constructor(context: ReplyContext) {
    this.#context = context;
    this.#output = new OutputWriter(this.#lines, (prefix) => context.newId(prefix));
  }

  write(event: StreamEvent): string {
    if (this.#ended) return '';
    switch (event.t) {
      case 'start':
        return this.#start(event);
      case 'block':
        return event.choice === 0 ? this.#begin(event.index, event.block) : '';
      case 'delta':
        return event.choice === 0 ? this.#delta(event.index, event.delta) : '';
      case 'block_stop':
        return event.choice === 0 ? this.#stopBlock(event.index) : '';
      case 'stop':
        if (event.choice !== 0) return '';
        this.#stop = event.stop;
        return this.#output.finish(event.stop, event.logprobs);
      case 'usage':
        this.#usage = event.usage;
        return '';
      case 'done':
        return this.#end(writeStop(this.#stop));
      case 'error':
        return this.fail({ ...event.error, requestId: this.#context.requestId });
      case 'ping':
        break;
    }
    return '';
  }

  /** A comment: an event type that SDKs do not know would end the stream for them. */
  keepAlive(): string {
    return ': keep-alive\n\n';
  }

  fail(error: CallerError): string {
    return this.#ended ? '' : this.#fail(writeError(error).body);
  }

  #start(start: Start): string {
    this.#head = responseHead(start, this.#context);
    const response = { ...this.#head, ...responseState(IN_PROGRESS, [], undefined) };
    return (
      this.#lines.event('response.created', { response }) + this.#lines.event('response.in_progress', { response })
    );
  }

  #begin(index: number, block: OpenBlock): string {
    const slot = { block, waiting: [], stopped: false };
    this.#slots.set(index, slot);
    if (this.#slots.size > 1) return '';
    this.#written = slot;
    return this.#output.begin(block);
  }

  #delta(index: number, delta: Delta): string {
    const slot = this.#slots.get(index);
    if (slot !== undefined && slot === this.#written) return this.#output.delta(delta);
    slot?.waiting.push(delta);
    return '';
  }

  #stopBlock(index: number): string {
    const stopped = this.#slots.get(index);
    if (stopped === undefined) return '';
    stopped.stopped = true;
    let lines = '';
    // Whoever waits behind a block that has stopped is next.
    for (const [at, slot] of this.#slots) {
      if (slot !== this.#written) lines += this.#catchUp(slot);
      if (!slot.stopped) break;
      lines += this.#output.stop();
      this.#slots.delete(at);
    }
    return lines;
  }

  #catchUp(slot: Slot): string {
    this.#written = slot;
    let lines = this.#output.begin(slot.block);
    for (const delta of slot.waiting.splice(0)) lines += this.#output.delta(delta);
    return lines;
  }

  #end(ending: Ending): string {
    this.#ended = true;
    const head = this.#head ?? unbegunHead(this.#context);
    const response = { ...head, ...responseState(ending, this.#output.items, this.#usage) };
    const type = ending.status === 'incomplete' || ending.status === 'failed' ? ending.status : 'completed';
    return this.#lines.event(`response.${type}`, { response });
  }

  /** SDKs throw at the first event, so that nobody takes what there is for the whole; the second one ends the response. */
  #fail(body: string): string {
    const error = asFields(asFields(parseJson(body))?.['error']) ?? {};
    const code = asText(error['code']) ?? 'server_error';
    const message = asText(error['message']) ?? '';
    return this.#lines.event('error', { error }) + this.#end(failed({ code, message }));
  }
}

const IN_PROGRESS: Ending = { status: 'in_progress', incomplete_details: null, error: null };
