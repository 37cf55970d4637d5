import type { Stop } from '../../canonical/chat-reply.ts';
import type { Citation } from '../../canonical/chat-request.ts';
import type { CallerError, ReplyContext, StreamWriter } from '../../canonical/dialect.ts';
import type { Json } from '../../canonical/json.ts';
import type { Delta, OpenBlock, StreamEvent } from '../../canonical/stream-event.ts';
import type { Usage } from '../../usage.ts';
import { writeCitation } from './citations.ts';
import { writeCohereLogprobs } from './cohere-logprobs.ts';
import { writeCohereUsage } from './cohere-usage.ts';
import { frame } from './event-frame.ts';
import { writeFinish } from './finish-reason.ts';
import { SerialCalls } from './serial-calls.ts';

/** Canonical events as those of `/v2/chat`. There is one answer, and its parts come one after the other. */
export class CohereWriter implements StreamWriter {
  readonly #context: ReplyContext;
  readonly #calls = new SerialCalls();
  readonly #parts = new Map<number, Part>();
  #contents = 0;
  #citations = 0;
  #stop: Stop = { reason: 'unknown' };
  #logprobs: Json | undefined;
  #usage: Usage | undefined;

  constructor(context: ReplyContext) {
    this.#context = context;
  }

  write(event: StreamEvent): string {
    switch (event.t) {
      case 'start':
        return start(event.id);
      case 'block':
        return event.choice === 0 ? this.#begin(event.index, event.block) : '';
      case 'delta':
        return event.choice === 0 ? this.#delta(event.index, event.delta) : '';
      case 'block_stop':
        return event.choice === 0 ? this.#end(event.index) : '';
      case 'stop':
        if (event.choice === 0) {
          this.#stop = event.stop;
          this.#logprobs = event.logprobs;
        }
        return '';
      case 'usage':
        this.#usage = event.usage;
        return '';
      case 'ping':
        return this.keepAlive();
      case 'done':
        return this.#done();
      case 'error':
        break;
    }
    return failure(event.error.message, event.error.kind === 'timeout');
  }

  /** In an event of its own, which SDKs pass over. */
  keepAlive(): string {
    return ': keep-alive\n\n';
  }

  fail({ message, kind }: CallerError): string {
    return failure(message, kind === 'timeout');
  }

  #begin(index: number, block: OpenBlock): string {
    if (block.type === 'tool_call') return this.#calls.begin(index, block);
    if (block.type === 'media' || block.type === 'opaque') return '';
    this.#parts.set(index, { kind: block.type === 'reasoning' ? 'thinking' : 'text', at: undefined, said: '' });
    return '';
  }

  /** A part begins with its first text: one that holds nothing but a signature has no place here. */
  #delta(index: number, delta: Delta): string {
    if ('input' in delta) return this.#calls.delta(index, delta.input);
    const part = this.#parts.get(index);
    if (part === undefined || 'signature' in delta) return '';
    if ('citation' in delta) return this.#cite(part, delta.citation);
    const { kind } = part;
    const begun = part.at === undefined ? this.#open(part) : '';
    part.said += delta.text;
    const content = `{"${kind}":${JSON.stringify(delta.text)}}`;
    return begun + frame('content-delta', part.at ?? 0, `{"message":{"content":${content}}}`);
  }

  #open(part: Part): string {
    const { kind } = part;
    part.at = this.#contents++;
    return frame('content-start', part.at, `{"message":{"content":{"type":"${kind}","${kind}":""}}}`);
  }

  #cite(part: Part, citation: Citation): string {
    if (part.kind !== 'text') return '';
    const begun = part.at === undefined ? this.#open(part) : '';
    const number = this.#citations++;
    const written = writeCitation(citation, { answer: part.said, contentIndex: part.at ?? 0, number });
    const citations = JSON.stringify(written);
    return (
      begun + frame('citation-start', number, `{"message":{"citations":${citations}}}`) + frame('citation-end', number)
    );
  }

  #end(index: number): string {
    const part = this.#parts.get(index);
    if (part === undefined) return this.#calls.end(index);
    this.#parts.delete(index);
    return part.at === undefined ? '' : frame('content-end', part.at);
  }

  #done(): string {
    const usage = this.#usage === undefined ? undefined : writeCohereUsage(this.#usage);
    const logprobs = this.#context.request.logprobs && writeCohereLogprobs(this.#logprobs);
    const delta = JSON.stringify({ finish_reason: writeFinish(this.#stop), usage, logprobs });
    return frame('message-end', undefined, delta);
  }
}

interface Part {
  readonly kind: 'text' | 'thinking';
  /** Its place in the content, once it has begun. */
  at: number | undefined;
  said: string;
}

function start(id: string): string {
  const message = '{"role":"assistant","content":[],"tool_plan":"","tool_calls":[],"citations":[]}';
  return `event: message-start\ndata: {"id":${JSON.stringify(id)},"type":"message-start","delta":{"message":${message}}}\n\n`;
}

/** Its end is the only place where an answer can say that it failed. */
function failure(error: string, late: boolean): string {
  return frame('message-end', undefined, JSON.stringify({ error, finish_reason: late ? 'TIMEOUT' : 'ERROR' }));
}
