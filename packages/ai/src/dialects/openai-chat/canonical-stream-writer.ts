import { PROVIDER_FAILED } from '../../error-meanings.ts';
import type { CallerError, ReplyContext, StreamWriter } from '../../canonical/dialect.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { OpenBlock, StreamEvent } from '../../canonical/stream-event.ts';
import type { Usage } from '../../usage.ts';
import { CallSeries } from './call-series.ts';
import { ChoiceWriter } from './choice-writer.ts';
import { ChunkWriter } from './chunk-writer.ts';
import { openAiError } from './errors.ts';
import { streamErrorBody, writeError } from './write-error.ts';
import { hidesReasoning, speaksOfFunctions, writeImage, writeLogprobs, writeSound } from './write-reply.ts';
import { writeUsage } from './write-usage.ts';

/** Canonical events as a stream of chat completion chunks. */
export class CanonicalStreamWriter implements StreamWriter {
  readonly #context: ReplyContext;
  readonly #legacy: boolean;
  readonly #wholeCalls: boolean;
  readonly #choices = new Map<number, ChoiceWriter>();
  #chunks: ChunkWriter | undefined;
  #created = 0;
  #usage: Usage | undefined;
  #broken = false;

  constructor(context: ReplyContext, { wholeCalls = false }: { readonly wholeCalls?: boolean } = {}) {
    this.#context = context;
    this.#wholeCalls = wholeCalls;
    this.#legacy = speaksOfFunctions(context.request);
  }

  write(event: StreamEvent): string {
    if (this.#broken) return '';
    switch (event.t) {
      case 'start':
        return this.#start(event);
      case 'block':
        return this.#choice(event.choice)?.block(event.index, event.block) ?? '';
      case 'delta':
        return this.#choice(event.choice)?.delta(event.index, event.delta) ?? '';
      case 'block_stop':
        return this.#choice(event.choice)?.blockStop(event.index) ?? '';
      case 'stop':
        return this.#stop(event);
      case 'usage':
        this.#usage = event.usage;
        break;
      case 'ping':
        return this.#choices.size > 0 ? this.keepAlive() : '';
      case 'done':
        return this.#end();
      case 'error':
        return this.#break(streamErrorBody(event.error));
    }
    return '';
  }

  /** A comment in an event of its own; one in front of data would cost some SDKs the data. */
  keepAlive(): string {
    return ': keep-alive\n\n';
  }

  fail(error: CallerError): string {
    return this.#break(writeError(error).body);
  }

  /** Nothing may follow: whoever hears of the error has stopped to listen. */
  #break(body: string): string {
    this.#broken = true;
    return `data: ${body}\n\n`;
  }

  #start({ id, created, model, ext }: Extract<StreamEvent, { readonly t: 'start' }>): string {
    const withUsage = this.#context.request.includeUsage;
    this.#created = created;
    this.#chunks = new ChunkWriter({ id, created, model, ext: ext?.['openai-chat'], withUsage });
    return '';
  }

  /** Chat has no word for an answer that failed, and what broke must not look complete. */
  #stop({ choice, stop, logprobs }: Extract<StreamEvent, { readonly t: 'stop' }>): string {
    if (stop.reason === 'error') return this.#break(FAILED.body);
    return this.#choice(choice)?.stop(stop, logprobs === undefined ? undefined : writeLogprobs(logprobs)) ?? '';
  }

  #choice(index: number): ChoiceWriter | undefined {
    const known = this.#choices.get(index);
    if (known !== undefined || this.#chunks === undefined) return known;
    const choice = new ChoiceWriter(index, {
      chunks: this.#chunks,
      calls: new CallSeries({ legacy: this.#legacy, whole: this.#wholeCalls }),
      show: (block) => this.#show(block),
      legacy: this.#legacy,
      hidesReasoning: hidesReasoning(this.#context.request),
    });
    this.#choices.set(index, choice);
    return choice;
  }

  #show(block: Extract<OpenBlock, { readonly type: 'media' | 'opaque' }>): JsonFields {
    if (block.type === 'opaque') return block.dialect === 'openai-chat' ? block.data : {};
    if (block.kind === 'image') return { images: writeImage(block) };
    return block.kind === 'audio'
      ? writeSound(block, { created: this.#created, id: this.#context.newId('audio_') })
      : {};
  }

  #end(): string {
    const usage = this.#context.request.includeUsage ? this.#usage : undefined;
    const last = usage === undefined ? '' : (this.#chunks?.usage(writeUsage(usage)) ?? '');
    return `${last}data: [DONE]\n\n`;
  }
}

const FAILED = openAiError('provider.unavailable', PROVIDER_FAILED);
