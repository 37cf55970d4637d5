import { PROVIDER_FAILED } from '../../error-meanings.ts';
import type { CallerError, ReplyContext, StreamWriter } from '../../canonical/dialect.ts';
import type { Stop } from '../../canonical/chat-reply.ts';
import { isJsonFields } from '../../canonical/json.ts';
import type { Delta, StreamEvent } from '../../canonical/stream-event.ts';
import type { ProviderError } from '../../provider-error.ts';
import { TextMeter } from '../../pricing/text-tokens.ts';
import { estimateTokens } from '../../pricing/token-estimate.ts';
import type { Usage } from '../../usage.ts';
import { event } from './block-events.ts';
import { errorBody } from './errors.ts';
import { messageHead } from './reply-writer.ts';
import { SerialBlocks } from './serial-blocks.ts';
import { writeStop } from './stop-reasons.ts';
import { writeUsage } from './wire-usage.ts';

type Start = Extract<StreamEvent, { readonly t: 'start' }>;

/** Usage may come after the reason to stop, and the event that tells both is one: so it waits for the end. */
export class AnthropicStreamWriter implements StreamWriter {
  readonly #context: ReplyContext;
  readonly #blocks = new SerialBlocks();
  /** Held for one event: most providers count the prompt right behind their start, or not before the end. */
  #held: Start | undefined;
  #stop: Stop | undefined;
  #usage: Usage | undefined;
  readonly #sent = new TextMeter();
  #ended = false;

  constructor(context: ReplyContext) {
    this.#context = context;
  }

  write(one: StreamEvent): string {
    if (this.#ended) return '';
    switch (one.t) {
      case 'start':
        this.#held = one;
        return '';
      case 'usage':
        this.#usage = one.usage;
        return this.#start();
      case 'block':
        return one.choice === 0 ? this.#start() + this.#blocks.begin(one.index, one.block) : '';
      case 'delta':
        return one.choice === 0 ? this.#delta(one.index, one.delta) : '';
      case 'block_stop':
        return one.choice === 0 ? this.#blocks.stop(one.index) : '';
      case 'stop':
        if (one.choice === 0) this.#stop = one.stop;
        return '';
      case 'ping':
        return this.#start() + PING;
      case 'done':
        return this.#finish();
      case 'error':
        break;
    }
    return this.#fail(one.error);
  }

  keepAlive(): string {
    return this.#ended ? '' : this.#start() + PING;
  }

  fail(error: CallerError): string {
    if (this.#ended) return '';
    this.#ended = true;
    return `event: error\ndata: ${errorBody(error)}\n\n`;
  }

  #delta(index: number, delta: Delta): string {
    if ('text' in delta) this.#sent.add(delta.text);
    else if ('input' in delta) this.#sent.add(delta.input);
    return this.#blocks.delta(index, delta);
  }

  #start(): string {
    const held = this.#held;
    if (held === undefined) return '';
    this.#held = undefined;
    const { usage: usageRest, ...rest } = held.ext?.anthropic ?? {};
    const usage = writeUsage(this.#usageAtStart());
    const message = {
      ...messageHead(held, this.#context),
      content: [],
      stop_reason: null,
      stop_sequence: null,
      stop_details: null,
      container: null,
      diagnostics: null,
      ...rest,
      usage: { ...(isJsonFields(usageRest) && usageRest), ...usage },
    };
    return event('message_start', `,"message":${JSON.stringify(message)}`);
  }

  /** Some providers begin with a count of 0, which clients would take for an empty context. */
  #usageAtStart(): Usage {
    const usage = this.#usage ?? { inputUncached: 0, outputText: 1 };
    const counted = usage.inputUncached + (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0) > 0;
    return counted ? usage : { ...usage, inputUncached: this.#estimate() };
  }

  #estimate(): number {
    return estimateTokens(this.#context.request);
  }

  #finish(): string {
    if (this.#stop?.reason === 'error') return this.fail(this.#failure(this.#stop.detail));
    const begun = this.#start() + this.#blocks.stopAll();
    this.#ended = true;
    const usage = this.#usage ?? { inputUncached: this.#estimate(), outputText: this.#sent.tokens };
    const delta = { ...writeStop(this.#stop ?? { reason: 'unknown' }), container: null };
    const members = `,"delta":${JSON.stringify(delta)},"usage":${JSON.stringify(writeUsage(usage))}`;
    return begun + event('message_delta', members) + event('message_stop', '');
  }

  /** A provider that gives up in words of its dialect, not by an error. */
  #failure(detail: string | undefined): CallerError {
    const message = detail ?? PROVIDER_FAILED;
    const { requestId } = this.#context;
    return { status: 502, kind: 'upstream', code: 'provider.unavailable', message, retry: true, requestId };
  }

  #fail({ status, kind, code, message, param, retry }: ProviderError): string {
    return this.fail({ status, kind, code, message, param, retry, requestId: this.#context.requestId });
  }
}

const PING = event('ping', '');
