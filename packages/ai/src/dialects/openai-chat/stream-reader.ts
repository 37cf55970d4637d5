import { asFields, asList, asText, parseJson, type Fields } from '../../loose-json.ts';
import type { ProviderError } from '../../provider-error.ts';
import type { SseEvent } from '../../sse-event.ts';
import type { Usage, UsageState } from '../../usage.ts';
import { KeySpotter } from './key-spotter.ts';
import { classifyProviderError } from './provider-errors.ts';
import { readUsage } from './read-usage.ts';

/**
 * `forward`: the caller gets the event's raw bytes. `hide`: it gets nothing. `error`: the provider reports a failure,
 * which `error` describes: fail over while nothing has been sent, else send `errorEvent(error.body)` in its place.
 */
export type Decision = 'forward' | 'hide' | 'error';

export interface StreamEnd {
  /** The terminator was seen and no error. Otherwise the stream is truncated, whatever else was seen. */
  readonly complete: boolean;
  /** Of the choice that finished last. */
  readonly finishReason: string | undefined;
  readonly usage: Usage | undefined;
  readonly usageState: UsageState;
}

/**
 * Sits beside a stream of chat completion chunks that is forwarded as it stands, and learns from it what the record
 * needs. An event is parsed only until the first token and when it may hold a usage, a finish reason or an error.
 */
export class ChatStreamReader {
  /** True from the first event that carries text, reasoning, a tool call or audio. */
  tokenSeen = false;
  /** What the provider says it served. */
  model: string | undefined;
  error: ProviderError | undefined;
  readonly #hideUsage: boolean;
  #complete = false;
  #finishReason: string | undefined;
  #usage: Usage | undefined;
  #usageIsFinal = false;

  /** `hideUsage`: the gate asked for usage and the caller did not, so the chunk that holds nothing else is hidden. */
  constructor(options: { readonly hideUsage: boolean }) {
    this.#hideUsage = options.hideUsage;
  }

  read(event: SseEvent): Decision {
    if (this.#complete || this.error !== undefined || event.kind === 'empty') return 'hide';
    if (event.kind === 'comment') return 'forward';
    if (isTerminator(event)) {
      this.#complete = true;
      return 'forward';
    }
    const { dataBytes, dataStart, dataEnd, terminated } = event;
    const closed = terminated && dataBytes[dataEnd - 1] === BRACE_CLOSE;
    if (this.tokenSeen && closed && SPOTTER.spot(dataBytes, dataStart, dataEnd) === 0) return 'forward';
    const text = event.data;
    const chunk = asFields(parseJson(text));
    if (chunk === undefined) return this.#unreadable(text, terminated);
    return isError(chunk) ? this.#fail(text) : this.#inspect(chunk);
  }

  end(): StreamEnd {
    const usageState = this.#usageIsFinal || (this.#usage !== undefined && this.#complete) ? 'measured' : 'partial';
    return {
      complete: this.#complete,
      finishReason: this.#finishReason,
      usage: this.#usage,
      usageState: this.#usage === undefined ? 'missing' : usageState,
    };
  }

  #unreadable(text: string, terminated: boolean): Decision {
    // The rest of an event that was cut off is no JSON, and callers' SDKs die of it.
    if (!terminated) return 'hide';
    if (!text.trimStart().startsWith('{')) return 'forward';
    // Half of a chunk may have held a part of the answer: what follows must not look as if nothing were missing.
    this.error ??= classifyProviderError(502, '');
    return 'error';
  }

  #fail(text: string): Decision {
    this.error ??= classifyProviderError(200, text);
    return 'error';
  }

  #inspect(chunk: Fields): Decision {
    this.model ??= asText(chunk['model']);
    const choices = asList(chunk['choices']) ?? [];
    for (const choice of choices) this.#inspectChoice(asFields(choice));
    const usage = readUsage(usageOf(chunk, choices));
    if (usage === undefined) return 'forward';
    // Some providers repeat a growing usage on every chunk: the last one counts, and they are never summed.
    this.#usage = usage;
    this.#usageIsFinal = this.#finishReason !== undefined;
    return this.#hideUsage && choices.length === 0 ? 'hide' : 'forward';
  }

  #inspectChoice(choice: Fields | undefined): void {
    this.#finishReason = asText(choice?.['finish_reason']) ?? this.#finishReason;
    if (this.tokenSeen) return;
    const delta = Object.entries(asFields(choice?.['delta']) ?? {});
    this.tokenSeen = delta.some(([name, value]) => name !== 'role' && saysSomething(value));
  }
}

const SPOTTER = new KeySpotter('usage', 'finish_reason', 'error');

const TERMINATOR = '[DONE]';
const BRACE_CLOSE = 0x7d;

function isTerminator({ dataBytes, dataStart, dataEnd }: SseEvent): boolean {
  let at = dataStart;
  while (at < dataEnd && (dataBytes[at] === 0x20 || dataBytes[at] === 0x09)) at++;
  // Chunks begin with a brace: the first byte settles it for them.
  if (dataBytes[at] !== 0x5b) return false;
  return dataBytes.toString('latin1', at, Math.min(at + TERMINATOR.length, dataEnd)) === TERMINATOR;
}

/** Official SDKs throw on any truthy `error`; some servers send a flat error object instead. */
function isError(chunk: Fields): boolean {
  return Boolean(chunk['error']) || chunk['object'] === 'error';
}

/** The official place first, then where single vendors put it. */
function usageOf(chunk: Fields, choices: readonly unknown[]): unknown {
  return chunk['usage'] ?? asFields(chunk['x_groq'])?.['usage'] ?? asFields(choices[0])?.['usage'];
}

/** Whatever vendors call their fields, a delta without a token holds empty values only. */
function saysSomething(value: unknown): boolean {
  return asText(value) !== undefined || asFields(value) !== undefined || (asList(value) ?? []).length > 0;
}
