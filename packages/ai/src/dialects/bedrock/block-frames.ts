import type { Signature } from '../../canonical/chat-request.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { sealSignature } from '../../canonical/signatures.ts';
import type { Delta, OpenBlock } from '../../canonical/stream-event.ts';
import { sealUnsigned } from '../../canonical/unsigned.ts';
import { awsFrame } from '../../framing/aws-event-stream.ts';
import { sealBeside } from '../../canonical/beside-blocks.ts';
import { writeCitation } from './citations.ts';
import { isList } from './expect-json.ts';
import { objectInput } from './object-input.ts';
import type { BlockEvent } from './serial-blocks.ts';
import { callBeside, writeReplyContent } from './write-reply-blocks.ts';

/**
 * The frames of blocks that come one after the other. A block has an index on the wire from its first frame on, and
 * without any it has none: what said nothing is not there.
 */
export class BlockFrames {
  readonly #frames: Buffer[];
  #next = 0;
  #open: OpenBlock = { type: 'text' };
  #begun = false;
  /** Input of a custom tool, whose free text must be whole to be put in an object. */
  #text = '';
  /** Of a block that has no place for it: follows behind. */
  #signature: Signature | undefined;
  /** The reasoning that is open has shown its proof. */
  #proven = false;

  /** Pushes what is to be sent to `frames`. */
  constructor(frames: Buffer[]) {
    this.#frames = frames;
  }

  add(event: BlockEvent): void {
    if (event.t === 'block') this.#begin(event.block);
    else if (event.t === 'delta') this.#delta(event.delta);
    else this.#end();
  }

  #begin(block: OpenBlock): void {
    this.#open = block;
    this.#begun = false;
    this.#text = '';
    this.#signature = undefined;
    this.#proven = false;
    if (block.type === 'tool_call') this.#beginCall(block);
    else if (block.type === 'reasoning' && block.itemId !== undefined) {
      this.#redacted(sealBeside({ of: 'next', itemId: block.itemId }, 'bedrock'));
    } else if (block.type === 'media' || block.type === 'opaque') {
      for (const item of writeReplyContent([block])) this.#whole(item);
    }
  }

  #beginCall(block: Extract<OpenBlock, { readonly type: 'tool_call' }>): void {
    const beside = callBeside(block);
    if (beside !== undefined) this.#redacted(beside);
    this.#start({ toolUse: { toolUseId: block.id, name: block.name } });
  }

  #delta(delta: Delta): void {
    if ('text' in delta) {
      const text = JSON.stringify(delta.text);
      if (delta.text !== '')
        this.#send(this.#open.type === 'reasoning' ? reasoningDelta(`"text":${text}`) : `"text":${text}`);
    } else if ('input' in delta) this.#input(delta.input);
    else if ('citation' in delta) this.#send(`"citation":${JSON.stringify(writeCitation(delta.citation))}`);
    else if (this.#open.type !== 'reasoning') this.#signature = delta.signature;
    else this.#prove(sealSignature(delta.signature, 'bedrock'));
  }

  #prove(proof: string): void {
    this.#proven = true;
    this.#send(reasoningDelta(`"signature":${JSON.stringify(proof)}`));
  }

  #input(input: string): void {
    const custom = this.#open.type === 'tool_call' && this.#open.custom === true;
    this.#text += custom || this.#text === '' ? input : '';
    if (!custom && input !== '') this.#send(`"toolUse":{"input":${JSON.stringify(input)}}`);
  }

  #end(): void {
    const block = this.#open;
    if (block.type === 'tool_call') {
      const { custom } = block;
      // No arguments are an empty object, which must be said (reference T6).
      if (custom === true || this.#text === '')
        this.#send(inputDelta(objectInput({ ...block, input: this.#text }).input));
    }
    if (block.type === 'reasoning' && this.#begun && !this.#proven) this.#prove(sealUnsigned('bedrock'));
    this.#stop();
    if (block.type === 'reasoning' && block.redacted !== undefined) {
      this.#redacted(sealSignature(block.redacted, 'bedrock'));
    }
    if (this.#signature !== undefined && block.type !== 'reasoning') {
      this.#redacted(sealBeside({ of: 'previous', signature: this.#signature }, 'bedrock'));
    }
  }

  /** A block that is there at once, as the provider of a stream of this dialect would send it. */
  #whole(item: JsonFields): void {
    const { toolUse, toolResult, image, text } = item;
    if (isJsonFields(toolUse)) {
      const { input, ...start } = toolUse;
      this.#start({ toolUse: start });
      this.#send(inputDelta(input ?? {}));
    } else if (isJsonFields(toolResult)) {
      const { content, ...start } = toolResult;
      this.#start({ toolResult: start });
      if (content !== undefined && isList(content)) this.#send(`"toolResult":${JSON.stringify(content)}`);
    } else if (isJsonFields(image)) {
      this.#start({ image: { format: image['format'] ?? 'png' } });
      this.#send(`"image":${JSON.stringify({ source: image['source'] ?? null })}`);
    } else if (typeof text === 'string') this.#send(`"text":${JSON.stringify(text)}`);
    this.#stop();
  }

  #redacted(redactedContent: string): void {
    this.#begun = false;
    this.#send(reasoningDelta(`"redactedContent":${JSON.stringify(redactedContent)}`));
    this.#stop();
  }

  #start(start: Json): void {
    this.#begun = true;
    this.#push('contentBlockStart', `{"contentBlockIndex":${this.#next},"start":${JSON.stringify(start)}}`);
  }

  #send(delta: string): void {
    this.#begun = true;
    this.#push('contentBlockDelta', `{"contentBlockIndex":${this.#next},"delta":{${delta}}}`);
  }

  #stop(): void {
    if (!this.#begun) return;
    this.#begun = false;
    this.#push('contentBlockStop', `{"contentBlockIndex":${this.#next++}}`);
  }

  #push(type: string, payload: string): void {
    this.#frames.push(awsFrame({ type, messageType: 'event', payload }));
  }
}

function reasoningDelta(member: string): string {
  return `"reasoningContent":{${member}}`;
}

/** Fragments of input are JSON text in a text. */
function inputDelta(input: Json): string {
  return `"toolUse":{"input":${JSON.stringify(JSON.stringify(input))}}`;
}
