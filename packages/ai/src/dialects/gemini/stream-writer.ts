import type { Stop } from '../../canonical/chat-reply.ts';
import type { Citation, OpaqueBlock } from '../../canonical/chat-request.ts';
import type { CallerError, ReplyContext, StreamWriter } from '../../canonical/dialect.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import type { Delta, OpenBlock, StreamEvent } from '../../canonical/stream-event.ts';
import type { Usage } from '../../usage.ts';
import { answerPart, candidateNatives, firstCallPart, isRefused, showsThoughts } from './answer-parts.ts';
import { sealProof } from './carried-signature.ts';
import { errorBody } from './error-body.ts';
import { writeUsage } from './usage-metadata.ts';
import { callerErrorBody } from './write-error.ts';
import { textPart } from './write-part.ts';
import { candidateEnd } from './write-reply.ts';

/** How chunks are told apart on the wire. */
export interface ChunkFrame {
  /** In front of a chunk, which is the first or not. */
  before(first: boolean): string;
  readonly after: string;
  /** Behind the last chunk. */
  readonly end: string;
  readonly keepAlive: string;
}

export const SSE_FRAME: ChunkFrame = {
  before: () => 'data: ',
  after: '\n\n',
  end: '',
  // An event of its own: SDKs discard an event that begins with anything but data.
  keepAlive: ': keep-alive\n\n',
};

export const ARRAY_FRAME: ChunkFrame = {
  before: (first) => (first ? '[' : ',\n'),
  after: '',
  end: ']',
  keepAlive: '',
};

interface OpenChoice {
  readonly blocks: Map<number, GrowingBlock>;
  readonly citations: Citation[];
  /** All its text, which citations count in. */
  said: string;
  natives: JsonFields;
  stop: Stop | undefined;
  logprobs: Json | undefined;
  hasCalls: boolean;
}

interface GrowingBlock {
  readonly open: OpenBlock;
  /** Of what goes out whole: a call, and a thought that nobody asked to see. */
  held: string;
  /** Waits for the text whose part it signs. */
  signature: string | undefined;
}

/** Canonical events as chunks; why it ended and what it cost stand in the last one. */
export class GeminiStreamWriter implements StreamWriter {
  readonly #frame: ChunkFrame;
  readonly #context: ReplyContext;
  readonly #choices = new Map<number, OpenChoice>();
  #start: Extract<StreamEvent, { readonly t: 'start' }> | undefined;
  #model = '';
  #id: string;
  /** Behind the candidates of every chunk. */
  #tail = '}';
  #usage: Usage | undefined;
  #sent = false;
  #shows: boolean | undefined;
  #over = false;

  /** Leaves the request alone: for a call that passes untouched nobody has read it. */
  constructor(frame: ChunkFrame, context: ReplyContext) {
    this.#frame = frame;
    this.#context = context;
    this.#id = context.requestId;
  }

  write(event: StreamEvent): string {
    if (this.#over) return '';
    switch (event.t) {
      case 'start':
        this.#start = event;
        this.#model = event.model;
        this.#id = event.id;
        this.#tail = `,"modelVersion":${JSON.stringify(event.model)},"responseId":${JSON.stringify(event.id)}}`;
        return '';
      case 'block':
        return this.#begin(event.choice, event.index, event.block);
      case 'delta':
        return this.#take(event.choice, event.index, event.delta);
      case 'block_stop':
        return this.#end(event.choice, event.index);
      case 'stop': {
        const choice = this.#choice(event.choice);
        choice.stop = event.stop;
        choice.logprobs = event.logprobs;
        return '';
      }
      case 'usage':
        this.#usage = event.usage;
        return '';
      case 'ping':
        return '';
      case 'done':
        return this.#finish();
      case 'error':
      default:
        return this.#break(errorBody(event.error));
    }
  }

  keepAlive(): string {
    return this.#over ? '' : this.#frame.keepAlive;
  }

  fail(error: CallerError): string {
    return this.#over ? '' : this.#break(callerErrorBody(error));
  }

  #begin(at: number, index: number, block: OpenBlock): string {
    const choice = this.#choice(at);
    if (block.type === 'media') return this.#part(at, answerPart(block));
    if (block.type === 'opaque') return this.#opaque(at, block);
    const signature = block.type === 'reasoning' && block.redacted !== undefined ? sealProof(block) : undefined;
    choice.blocks.set(index, { open: block, held: '', signature });
    return '';
  }

  #opaque(at: number, block: OpaqueBlock): string {
    const natives = candidateNatives(block);
    if (natives === undefined) return this.#part(at, answerPart(block));
    const choice = this.#choice(at);
    choice.natives = { ...choice.natives, ...natives };
    return '';
  }

  #take(at: number, index: number, delta: Delta): string {
    const choice = this.#choice(at);
    const block = choice.blocks.get(index);
    if (block === undefined) return '';
    if ('text' in delta) {
      if (block.open.type === 'reasoning' && !this.#showsThoughts()) {
        block.held += delta.text;
        return '';
      }
      const { signature } = block;
      block.signature = undefined;
      const thought = block.open.type === 'reasoning';
      if (!thought) choice.said += delta.text;
      if (signature !== undefined) return this.#part(at, textPart(delta.text, { thought, signature }));
      return this.#chunk(at, `{"text":${JSON.stringify(delta.text)}${thought ? ',"thought":true}' : '}'}`);
    }
    if ('input' in delta) block.held += delta.input;
    else if ('citation' in delta) choice.citations.push(delta.citation);
    else {
      const itemId = block.open.type === 'reasoning' ? block.open.itemId : undefined;
      block.signature = sealProof({ signature: delta.signature, ...(itemId !== undefined && { itemId }) });
    }
    return '';
  }

  #end(at: number, index: number): string {
    const choice = this.#choice(at);
    const block = choice.blocks.get(index);
    choice.blocks.delete(index);
    if (block === undefined) return '';
    const { open, held, signature } = block;
    if (open.type !== 'tool_call') {
      // The signature came behind the text, or there was none: it gets a part without.
      const thought = open.type === 'reasoning';
      return signature === undefined ? '' : this.#part(at, textPart(held, { thought, signature }));
    }
    const part = (choice.hasCalls ? answerPart : firstCallPart)({ ...open, input: held });
    choice.hasCalls = true;
    return this.#part(at, signature === undefined ? part : { ...part, thoughtSignature: signature });
  }

  #part(choice: number, part: JsonFields | undefined): string {
    return part === undefined ? '' : this.#chunk(choice, JSON.stringify(part));
  }

  #chunk(choice: number, part: string): string {
    return this.#send(`{"candidates":[{"content":{"parts":[${part}],"role":"model"},"index":${choice}}]${this.#tail}`);
  }

  #send(json: string): string {
    const before = this.#frame.before(!this.#sent);
    this.#sent = true;
    return before + json + this.#frame.after;
  }

  #finish(): string {
    this.#over = true;
    const last = this.#send(JSON.stringify(this.#lastChunk()));
    return last + this.#frame.end;
  }

  #lastChunk(): JsonFields {
    const ext = this.#start?.ext;
    const refused = !this.#sent && isRefused(ext);
    // SDKs keep no turn of which a chunk is without parts.
    const candidates = [...this.#choices].map(([index, { stop, ...rest }]) => ({
      content: { parts: [{ text: '' }], role: 'model' },
      index,
      ...candidateEnd({ stop: stop ?? { reason: 'unknown' }, ...rest }),
    }));
    return {
      ...(!refused && { candidates }),
      ...(this.#usage !== undefined && { usageMetadata: writeUsage(this.#usage) }),
      ...ext?.gemini,
      modelVersion: this.#model,
      responseId: this.#id,
    };
  }

  #showsThoughts(): boolean {
    return (this.#shows ??= showsThoughts(this.#context.request));
  }

  #break(body: JsonFields): string {
    this.#over = true;
    return this.#send(JSON.stringify(body)) + this.#frame.end;
  }

  #choice(at: number): OpenChoice {
    const known = this.#choices.get(at);
    if (known !== undefined) return known;
    const made: OpenChoice = {
      blocks: new Map(),
      citations: [],
      said: '',
      natives: {},
      stop: undefined,
      logprobs: undefined,
      hasCalls: false,
    };
    this.#choices.set(at, made);
    return made;
  }
}
