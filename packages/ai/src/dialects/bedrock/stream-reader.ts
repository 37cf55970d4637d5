import type { ReadContext, StreamReader, WireRecord } from '../../canonical/dialect.ts';
import { isJsonFields, parseExact, type Json, type JsonFields } from '../../canonical/json.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { asCount, asText } from '../../loose-json.ts';
import { readUsage } from './bedrock-usage.ts';
import { readBedrockError } from './read-error.ts';
import { stopSequenceIn } from './read-reply.ts';
import { callNames, type CallNames } from './reply-content.ts';
import { readStop } from './stop-reasons.ts';
import { blockOfDelta, startedBlock, type BlockEvents, type WireBlock } from './wire-blocks.ts';

type Emit = (event: StreamEvent) => void;

/** Records of ConverseStream to events. */
export class BedrockStreamReader implements StreamReader {
  readonly #context: ReadContext;
  readonly #names: CallNames;
  /** By their index on the wire. Of several, all but the last are calls. */
  readonly #open = new Map<number, WireBlock>();
  #state: 'before' | 'started' | 'stopped' | 'failed' = 'before';
  #lastWireIndex = 0;
  /** The dialect's own index counts blocks that say nothing. */
  #nextIndex = 0;
  #calls = false;

  constructor(context: ReadContext) {
    this.#context = context;
    this.#names = callNames(context);
  }

  read({ type, data, complete }: WireRecord, emit: Emit): void {
    if (!complete || this.#state === 'failed') return;
    const fields = parseExact(data);
    if (!EVENTS.has(type)) this.#readOther(type, { data, fields }, emit);
    else if (isJsonFields(fields)) this.#readEvent(type, fields, emit);
  }

  end(emit: Emit): void {
    if (this.#state === 'stopped') emit({ t: 'done' });
  }

  #readEvent(type: string, fields: JsonFields, emit: Emit): void {
    if (this.#state === 'before') this.#start(emit);
    if (type === 'metadata') {
      const usage = isJsonFields(fields['usage']) ? readUsage(fields['usage']) : undefined;
      if (usage !== undefined) emit({ t: 'usage', usage });
      return;
    }
    if (this.#state === 'stopped') return;
    if (type === 'contentBlockDelta') this.#readDelta(fields, emit);
    else if (type === 'contentBlockStart') this.#readStart(fields, emit);
    else if (type === 'contentBlockStop') this.#close(this.#wireIndex(fields));
    else if (type === 'messageStop') this.#stop(fields, emit);
  }

  /** Events that we do not know are left out; failures are known by their name or their message. */
  #readOther(
    type: string,
    { data, fields }: { readonly data: string; readonly fields: Json | undefined },
    emit: Emit,
  ): void {
    const failed = FAILURE.test(type) || (isJsonFields(fields) && asText(fields['message']) !== undefined);
    if (!failed) return;
    this.#state = 'failed';
    emit({ t: 'error', error: readBedrockError({ status: 0, body: data, errorType: type }) });
  }

  #start(emit: Emit): void {
    this.#state = 'started';
    const { target, created } = this.#context;
    emit({ t: 'start', id: this.#context.newId('msg_'), model: target.model, created });
  }

  #readStart(fields: JsonFields, emit: Emit): void {
    const at = this.#wireIndex(fields);
    this.#close(at);
    const { start } = fields;
    if (!isJsonFields(start)) return;
    this.#closeButCalls();
    const block = startedBlock(start, this.#names, this.#eventsTo(emit));
    if (block !== undefined) this.#begin(at, block);
  }

  #readDelta(fields: JsonFields, emit: Emit): void {
    const { delta } = fields;
    if (!isJsonFields(delta)) return;
    const at = this.#wireIndex(fields);
    if (this.#open.get(at)?.take(delta) === true) return;
    const block = blockOfDelta(delta, this.#eventsTo(emit));
    if (block === undefined) return;
    this.#close(at);
    this.#closeButCalls();
    this.#begin(at, block);
    block.take(delta);
  }

  #begin(at: number, block: WireBlock): void {
    this.#open.set(at, block);
    this.#calls ||= block.call;
  }

  #wireIndex(fields: JsonFields): number {
    this.#lastWireIndex = asCount(fields['contentBlockIndex']) ?? this.#lastWireIndex;
    return this.#lastWireIndex;
  }

  #close(at: number): void {
    this.#open.get(at)?.end();
    this.#open.delete(at);
  }

  #closeButCalls(): void {
    for (const [at, block] of this.#open) if (!block.call) this.#close(at);
  }

  #stop(fields: JsonFields, emit: Emit): void {
    for (const at of this.#open.keys()) this.#close(at);
    this.#state = 'stopped';
    const raw = asText(fields['stopReason']);
    emit({ t: 'stop', choice: 0, stop: readStop({ raw, calls: this.#calls, sequence: stopSequenceIn(fields) }) });
  }

  /** A block keeps the way out that its first record came with. */
  #eventsTo(emit: Emit): BlockEvents {
    let index = -1;
    return {
      open: (block) => {
        index = this.#nextIndex++;
        emit({ t: 'block', choice: 0, index, block });
      },
      delta: (delta) => emit({ t: 'delta', choice: 0, index, delta }),
      stop: () => emit({ t: 'block_stop', choice: 0, index }),
    };
  }
}

const EVENTS: ReadonlySet<string> = new Set([
  'messageStart',
  'contentBlockStart',
  'contentBlockDelta',
  'contentBlockStop',
  'messageStop',
  'metadata',
]);

const FAILURE = /(?:Exception|Error|Failure)$/i;
