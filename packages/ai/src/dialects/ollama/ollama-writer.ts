import type { Stop } from '../../canonical/chat-reply.ts';
import type { CallerError, ReplyContext, StreamWriter } from '../../canonical/dialect.ts';
import type { Json } from '../../canonical/json.ts';
import type { Delta, OpenBlock, StreamEvent } from '../../canonical/stream-event.ts';
import type { Usage } from '../../usage.ts';
import { PROVIDER_FAILED } from '../../error-meanings.ts';
import { writeFinish } from './finish-reason.ts';
import { writeOllamaLogprobs } from './ollama-logprobs.ts';
import { dateOf, writeCall, writeUsage } from './write-reply.ts';

type OpenCall = Extract<OpenBlock, { type: 'tool_call' }>;

/** Canonical events as lines of `/api/chat`. Arguments are objects, so that a call is told when it is complete. */
export class OllamaWriter implements StreamWriter {
  readonly #context: ReplyContext;
  readonly #thoughts = new Set<number>();
  readonly #calls = new Map<number, { readonly call: OpenCall; input: string }>();
  #head: string;
  #told = 0;
  #stop: Stop = { reason: 'unknown' };
  #logprobs: Json | undefined;
  #usage: Usage | undefined;

  constructor(context: ReplyContext) {
    this.#context = context;
    this.#head = headOf(context.request.model, 0);
  }

  write(event: StreamEvent): string {
    switch (event.t) {
      case 'start':
        this.#head = headOf(event.model, event.created);
        return '';
      case 'block':
        if (event.choice === 0) this.#begin(event.index, event.block);
        return '';
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
    return errorLine(event.error.message);
  }

  /** A line that says nothing: an empty one ends or disturbs several clients. */
  keepAlive(): string {
    return this.#line('"content":""');
  }

  fail({ message }: CallerError): string {
    return errorLine(message);
  }

  #begin(index: number, block: OpenBlock): void {
    if (block.type === 'reasoning') this.#thoughts.add(index);
    if (block.type === 'tool_call') this.#calls.set(index, { call: block, input: '' });
  }

  #delta(index: number, delta: Delta): string {
    if ('input' in delta) {
      const call = this.#calls.get(index);
      if (call !== undefined) call.input += delta.input;
      return '';
    }
    if (!('text' in delta) || delta.text === '') return '';
    const text = JSON.stringify(delta.text);
    return this.#line(this.#thoughts.has(index) ? `"content":"","thinking":${text}` : `"content":${text}`);
  }

  #end(index: number): string {
    const told = this.#calls.get(index);
    if (told === undefined) return '';
    this.#calls.delete(index);
    const call = JSON.stringify(writeCall({ ...told.call, input: told.input }, this.#told++));
    return this.#line(`"content":"","tool_calls":[${call}]`);
  }

  #done(): string {
    // What broke must not look complete.
    if (this.#stop.reason === 'error') return errorLine(this.#stop.detail ?? PROVIDER_FAILED);
    const logprobs = this.#context.request.logprobs && writeOllamaLogprobs(this.#logprobs);
    const last = JSON.stringify({ done_reason: writeFinish(this.#stop), ...writeUsage(this.#usage), logprobs });
    return `${this.#head}"content":""},"done":true,${last.slice(1)}\n`;
  }

  #line(message: string): string {
    return `${this.#head}${message}},"done":false}\n`;
  }
}

/** What all lines have in common. */
function headOf(model: string, created: number): string {
  const date = dateOf(created);
  return `{"model":${JSON.stringify(model)},"created_at":"${date}","message":{"role":"assistant",`;
}

function errorLine(error: string): string {
  return `${JSON.stringify({ error })}\n`;
}
