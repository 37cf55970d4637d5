import type { ProviderError } from '../provider-error.ts';
import type { Usage } from '../usage.ts';
import type { ChatReply, Choice, Stop } from './chat-reply.ts';
import type { Block, Citation, Signature } from './chat-request.ts';
import type { Json } from './json.ts';
import type { Delta, OpenBlock, StreamEvent } from './stream-event.ts';

type Start = Extract<StreamEvent, { readonly t: 'start' }>;

/** Gathers a stream into the answer that the same call would have got without streaming. */
export class StreamFold {
  readonly #choices = new Map<number, OpenChoice>();
  #start: Start | undefined;
  #usage: Usage | undefined;
  #end: 'done' | ProviderError | undefined;

  add(event: StreamEvent): void {
    switch (event.t) {
      case 'start':
        this.#start ??= event;
        break;
      case 'block':
        this.#choice(event.choice).blocks.set(event.index, new GrowingBlock(event.block));
        break;
      case 'delta':
        this.#choices.get(event.choice)?.blocks.get(event.index)?.add(event.delta);
        break;
      case 'stop': {
        const choice = this.#choice(event.choice);
        choice.stop = event.stop;
        choice.logprobs = event.logprobs;
        break;
      }
      case 'usage':
        this.#usage = event.usage;
        break;
      case 'done':
        this.#end ??= 'done';
        break;
      case 'error':
        this.#end ??= event.error;
        break;
      case 'block_stop':
      case 'ping':
        break;
    }
  }

  /** The answer; the error that the stream held; undefined when it was cut. */
  end(): ChatReply | ProviderError | undefined {
    if (this.#end !== 'done') return this.#end;
    if (this.#start === undefined) return undefined;
    const { id, created, model, ext } = this.#start;
    const choices = [...this.#choices]
      .toSorted(([a], [b]) => a - b)
      .map(([index, choice]) => wholeChoice(index, choice));
    return {
      id,
      created,
      model,
      choices,
      ...(this.#usage !== undefined && { usage: this.#usage }),
      ...(ext !== undefined && { ext }),
    };
  }

  #choice(index: number): OpenChoice {
    const choice = this.#choices.get(index) ?? { blocks: new Map(), stop: undefined, logprobs: undefined };
    this.#choices.set(index, choice);
    return choice;
  }
}

interface OpenChoice {
  /** By index, in the order of their starts. */
  readonly blocks: Map<number, GrowingBlock>;
  stop: Stop | undefined;
  logprobs: Json | undefined;
}

function wholeChoice(index: number, { blocks, stop, logprobs }: OpenChoice): Choice {
  return {
    index,
    blocks: [...blocks.values()].map((block) => block.whole()),
    stop: stop ?? { reason: 'unknown' },
    ...(logprobs !== undefined && { logprobs }),
  };
}

class GrowingBlock {
  readonly #open: OpenBlock;
  readonly #citations: Citation[] = [];
  /** Of text or of a tool's input: no block has both. */
  #text = '';
  #signature: Signature | undefined;

  constructor(open: OpenBlock) {
    this.#open = open;
  }

  add(delta: Delta): void {
    if ('text' in delta) this.#text += delta.text;
    else if ('input' in delta) this.#text += delta.input;
    else if ('signature' in delta) this.#signature = delta.signature;
    else this.#citations.push(delta.citation);
  }

  whole(): Block {
    const open = this.#open;
    const text = this.#text;
    const signed = this.#signature !== undefined && { signature: this.#signature };
    switch (open.type) {
      case 'text':
        return { ...open, text, ...signed, ...(this.#citations.length > 0 && { citations: this.#citations }) };
      case 'refusal':
        return { ...open, text };
      case 'reasoning':
        return { ...open, text, ...signed };
      case 'tool_call':
        return { ...open, input: text, ...signed };
      case 'media':
      case 'opaque':
        break;
    }
    return open;
  }
}

/** A whole answer as a stream of it, for a caller who asked for one and a provider who did not stream. */
export function unfoldReply(reply: ChatReply): StreamEvent[] {
  const { id, model, created, ext, usage, choices } = reply;
  return [
    { t: 'start', id, model, created, ...(ext !== undefined && { ext }) },
    ...choices.flatMap(unfoldChoice),
    ...(usage === undefined ? [] : [{ t: 'usage', usage } as const]),
    { t: 'done' },
  ];
}

function unfoldChoice({ index: choice, blocks, stop, logprobs }: Choice): StreamEvent[] {
  const parts = blocks.map(unfoldBlock).filter((part) => part !== undefined);
  return [
    ...parts.flatMap(({ open, deltas }, index): StreamEvent[] => [
      { t: 'block', choice, index, block: open },
      ...deltas.map((delta) => ({ t: 'delta', choice, index, delta }) as const),
      { t: 'block_stop', choice, index },
    ]),
    { t: 'stop', choice, stop, ...(logprobs !== undefined && { logprobs }) },
  ];
}

interface UnfoldedBlock {
  readonly open: OpenBlock;
  readonly deltas: readonly Delta[];
}

/** Results of tools are what callers say: no answer holds one. */
function unfoldBlock(block: Block): UnfoldedBlock | undefined {
  switch (block.type) {
    case 'text': {
      const { text, signature, citations = [] } = block;
      const cited = citations.map((citation) => ({ citation }));
      return { open: { type: 'text' }, deltas: [...textDelta(text), ...cited, ...signatureDelta(signature)] };
    }
    case 'refusal':
      return { open: { type: 'refusal' }, deltas: textDelta(block.text) };
    case 'reasoning': {
      const { text, signature, ...open } = block;
      return { open, deltas: [...textDelta(text), ...signatureDelta(signature)] };
    }
    case 'tool_call': {
      const { input, cache: _, ...open } = block;
      return { open, deltas: input === '' ? [] : [{ input }] };
    }
    case 'media':
    case 'opaque':
      return { open: block, deltas: [] };
    case 'tool_result':
      break;
  }
  return undefined;
}

function textDelta(text: string): readonly Delta[] {
  return text === '' ? [] : [{ text }];
}

function signatureDelta(signature: Signature | undefined): readonly Delta[] {
  return signature === undefined ? [] : [{ signature }];
}
