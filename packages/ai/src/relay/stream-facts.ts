import type { Delta, StreamEvent } from '../canonical/stream-event.ts';
import type { ProviderError } from '../provider-error.ts';
import type { Usage } from '../usage.ts';
import type { StreamEnd } from './relay.ts';

const CHARS_PER_TOKEN = 4;

/** What the record and the failing over need to know of a stream, learned from its events. */
export class StreamFacts {
  tokenSeen = false;
  model: string | undefined;
  error: ProviderError | undefined;
  #finishReason: string | undefined;
  #usage: Usage | undefined;
  #done = false;
  #chars = 0;

  note(event: StreamEvent): void {
    if (event.t === 'delta') this.#noteDelta(event.delta);
    else if (event.t === 'block') this.tokenSeen ||= event.block.type === 'tool_call';
    else if (event.t === 'start') this.model ??= event.model === '' ? undefined : event.model;
    else if (event.t === 'stop') this.#finishReason = event.stop.reason;
    else if (event.t === 'usage') this.#usage = event.usage;
    else if (event.t === 'done') this.#done = true;
    else if (event.t === 'error') this.error ??= event.error;
  }

  #noteDelta(delta: Delta): void {
    if ('signature' in delta || 'citation' in delta) return;
    this.tokenSeen = true;
    this.#chars += 'text' in delta ? delta.text.length : delta.input.length;
  }

  get over(): boolean {
    return this.#done || this.error !== undefined;
  }

  end(): StreamEnd {
    const usageState = this.#done ? 'measured' : 'partial';
    return {
      complete: this.#done && this.error === undefined,
      finishReason: this.#finishReason,
      usage: this.#usage,
      usageState: this.#usage === undefined ? 'missing' : usageState,
      outputTokensSeen: Math.ceil(this.#chars / CHARS_PER_TOKEN),
    };
  }
}
