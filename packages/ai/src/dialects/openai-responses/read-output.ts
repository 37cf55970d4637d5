import type { Block } from '../../canonical/chat-request.ts';
import type { ReadContext } from '../../canonical/dialect.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import type { WireNames } from '../../canonical/wire-names.ts';
import { typeOf } from './fields.ts';
import { keep, keptOf, OWN } from './own.ts';
import { readCall } from './read-calls.ts';
import { readParts } from './read-parts.ts';
import { readReasoning, reasoningTexts } from './read-reasoning.ts';
import { AS_THEY_ARE, MAPPED, toolNames } from './request-names.ts';
import { Strays } from './strays.ts';

/** Reads the items of a response into blocks. */
export class OutputReader {
  readonly #context: ReadContext;
  #names: WireNames | undefined;

  constructor(context: ReadContext) {
    this.#context = context;
  }

  read(item: JsonFields): readonly Block[] {
    switch (typeOf(item)) {
      case 'message':
        return readMessage(item);
      case 'reasoning':
        return readThought(item);
      case 'function_call':
      case 'custom_tool_call':
        return this.#call(item);
      case '':
        return [];
      default:
        return [{ type: 'opaque', dialect: OWN, data: item }];
    }
  }

  /** What an item keeps for callers of this dialect, as far as its first event tells. */
  keptFor(item: JsonFields): JsonFields | undefined {
    const type = typeOf(item);
    if (type === 'message') return messageRest(item);
    const [block] = type === 'reasoning' ? [] : this.read(item);
    return block === undefined ? undefined : keptOf(block);
  }

  #call(item: JsonFields): readonly Block[] {
    const call = readCall(item, new Strays());
    return call === undefined ? [] : [keep({ ...call, name: this.#nameOf(call.name) }, keptOf(call))];
  }

  #nameOf(wire: string): string {
    if (!MAPPED.test(wire)) return wire;
    this.#names ??= sentNames(this.#context);
    return this.#names.fromWire(wire);
  }
}

/** A call that passes as it is may be one that the gate cannot read: its names were never mapped. */
function sentNames(context: ReadContext): WireNames {
  try {
    return toolNames(context.request);
  } catch (error) {
    if (error instanceof Untranslatable) return AS_THEY_ARE;
    throw error;
  }
}

function readMessage(item: JsonFields): readonly Block[] {
  const blocks = readParts(item['content'], new Strays()).flatMap((part) => (part.type === 'unread' ? [] : [part]));
  const rest = messageRest(item);
  return blocks.map((block) => keep(block, { ...keptOf(block), ...rest }));
}

function readThought(item: JsonFields): readonly Block[] {
  const read = readReasoning(item);
  if ('place' in read) return [];
  const summaries = reasoningTexts(item, 'summary').length;
  return read.map((block, at) => {
    const raw = block.type === 'reasoning' && block.text !== '' && at >= summaries;
    return raw ? keep(block, RAW_REASONING) : block;
  });
}

/** Kept with blocks of what the model thought word by word, which a summary is not. */
export const RAW_REASONING: JsonFields = { raw: true };

/** A message's own members, on each of its blocks: that is how its parts find together again. */
function messageRest(item: JsonFields): JsonFields {
  const { type: _type, role: _role, content: _content, status: _status, ...message } = item;
  return { message };
}
