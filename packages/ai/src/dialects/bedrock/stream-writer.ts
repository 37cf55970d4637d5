import type { CallerError, ReplyContext, StreamWriter } from '../../canonical/dialect.ts';
import type { Stop } from '../../canonical/chat-reply.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { awsFrame } from '../../framing/aws-event-stream.ts';
import type { Usage } from '../../usage.ts';
import { writeUsage } from './bedrock-usage.ts';
import { BlockFrames } from './block-frames.ts';
import { SerialBlocks, type BlockEvent } from './serial-blocks.ts';
import { writeStop } from './stop-reasons.ts';
import { exceptionFrame } from './write-error.ts';
import { stopFields, UNKNOWN_METRICS } from './write-reply.ts';

/** One answer as frames; of several, which nobody can ask for here, the first. */
export class BedrockStreamWriter implements StreamWriter {
  readonly #context: ReplyContext;
  readonly #frames: Buffer[] = [];
  readonly #serial = new SerialBlocks();
  readonly #blocks = new BlockFrames(this.#frames);
  readonly #emit = (event: BlockEvent): void => this.#blocks.add(event);
  #usage: Usage | undefined;
  /** Of a reply of this dialect that was not streamed. */
  #ext: JsonFields = {};

  constructor(context: ReplyContext) {
    this.#context = context;
  }

  write(event: StreamEvent): string | Buffer {
    switch (event.t) {
      case 'start':
        this.#ext = event.ext?.bedrock ?? {};
        this.#push('messageStart', '{"role":"assistant"}');
        break;
      case 'block':
      case 'delta':
      case 'block_stop':
        if (event.choice === 0) this.#serial.take(event, this.#emit);
        break;
      case 'stop':
        if (event.choice === 0) {
          this.#stop(event.stop);
        }
        break;
      case 'usage':
        this.#usage = event.usage;
        break;
      case 'done':
        this.#metadata();
        break;
      case 'error':
        return exceptionFrame(event.error);
      case 'ping':
        break;
    }
    return this.#flush();
  }

  /** The framing knows none, and SDKs would hand on an event that they do not know. */
  keepAlive(): string {
    return '';
  }

  fail(error: CallerError): Buffer {
    return exceptionFrame(error);
  }

  #stop(stop: Stop): void {
    const fields = this.#ext[RESPONSE_FIELDS];
    const said = fields === undefined ? stopFields(stop, this.#context.request) : { [RESPONSE_FIELDS]: fields };
    this.#push('messageStop', JSON.stringify({ stopReason: writeStop(stop), ...said }));
  }

  #metadata(): void {
    const { [RESPONSE_FIELDS]: _, ...ext } = this.#ext;
    const metadata = { metrics: UNKNOWN_METRICS, ...ext, usage: writeUsage(this.#usage) };
    this.#push('metadata', JSON.stringify(metadata));
  }

  #push(type: string, payload: string): void {
    this.#frames.push(awsFrame({ type, messageType: 'event', payload }));
  }

  #flush(): string | Buffer {
    const [only] = this.#frames;
    if (only === undefined) return '';
    const bytes = this.#frames.length === 1 ? only : Buffer.concat(this.#frames);
    this.#frames.length = 0;
    return bytes;
  }
}

/** In a stream it stands beside the reason, and the rest behind it. */
const RESPONSE_FIELDS = 'additionalModelResponseFields';
