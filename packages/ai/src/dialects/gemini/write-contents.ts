import type {
  Block,
  ChatRequest,
  MediaBlock,
  ReasoningBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
  Turn,
} from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import {
  dropEmptyText,
  mediaOutOfResults,
  mergeRoles,
  pairToolResults,
  systemTurnsAsUser,
} from '../../canonical/shape-turns.ts';
import type { WireNames } from '../../canonical/wire-names.ts';
import { isMadeUpId } from './call-ids.ts';
import { modelTraits, type ModelTraits } from './model-traits.ts';
import { nativesOf } from './natives.ts';
import { isGoogleUri } from './read-media.ts';
import { callArgs, callPart, mediaPart, ownSignature, textPart } from './write-part.ts';

/** What Google documents to send in the place of a signature that cannot be had. */
const NO_SIGNATURE = 'skip_thought_signature_validator';

export interface ContentsContext {
  readonly request: ChatRequest;
  readonly model: string;
  readonly names: WireNames;
  readonly losses: Losses;
}

export function writeContents(context: ContentsContext): readonly JsonFields[] {
  const traits = modelTraits(context.model);
  // Looked for before shaping, which makes users' turns of its own.
  if (!dropEmptyText(context.request.turns).some(({ role }) => role === 'user')) {
    throw new Untranslatable('The model needs at least one message of a user.', turnsParam(context.request));
  }
  const turns = shapeTurns(context, traits);
  const writer = new ContentsWriter(context);
  const currentAt = traits.wantsSignatures ? turns.findLastIndex(opensTurn) : turns.length;
  return turns
    .map((turn, at) => writer.write(turn, { signCalls: at > currentAt }))
    .filter(({ parts }) => parts.length > 0)
    .map(({ role, parts }) => ({ role, parts }));
}

/** The vendor's own callers know how it wants its turns; for others they are put into that form. */
function shapeTurns({ request, losses }: ContentsContext, { mediaInResults }: ModelTraits): readonly Turn[] {
  if (request.dialect === 'gemini') return request.turns;
  let turns = pairToolResults(systemTurnsAsUser(request.turns, losses), losses);
  if (!mediaInResults) turns = mediaOutOfResults(turns, losses);
  turns = mergeRoles(dropEmptyText(turns));
  const [first] = turns;
  if (first?.role !== 'assistant') return turns;
  // A call must answer somebody.
  losses.add('emulated', 'messages');
  return [{ role: 'user', blocks: [{ type: 'text', text: '(empty)' }] }, ...turns];
}

/** The model's current turn begins behind the last words of a user, and results of tools are none. */
function opensTurn({ role, blocks }: Turn): boolean {
  return role !== 'assistant' && !blocks.some(({ type }) => type === 'tool_result');
}

interface Content {
  readonly role: 'user' | 'model';
  readonly parts: readonly JsonFields[];
}

class ContentsWriter {
  readonly #context: ContentsContext;
  readonly #losses: Losses;
  readonly #native: boolean;
  readonly #calledNames: ReadonlyMap<string, string>;

  constructor(context: ContentsContext) {
    const { request, losses } = context;
    this.#context = context;
    this.#losses = losses;
    this.#native = request.dialect === 'gemini';
    const calls = request.turns.flatMap(({ blocks }) => blocks.filter((block) => block.type === 'tool_call'));
    this.#calledNames = new Map(calls.map(({ id, name }) => [id, name]));
  }

  write({ role, name, phase, blocks }: Turn, { signCalls }: { readonly signCalls: boolean }): Content {
    if (name !== undefined) this.#losses.add('dropped', 'name');
    if (phase !== undefined) this.#losses.add('dropped', 'phase');
    // Of parallel calls the first bears the signature of the step.
    const unsigned = signCalls ? blocks.find(({ type }) => type === 'tool_call') : undefined;
    const parts = blocks.flatMap((block) => this.#parts(block, block === unsigned));
    return { role: role === 'assistant' ? 'model' : 'user', parts };
  }

  #parts(block: Block, mustSign: boolean): readonly JsonFields[] {
    if ('cache' in block && block.cache !== undefined) this.#losses.add('dropped', 'cache_control');
    switch (block.type) {
      case 'text':
        return this.#text(block);
      case 'refusal':
        this.#losses.add('emulated', 'refusal');
        return block.text === '' ? [] : [textPart(block.text, { thought: false })];
      case 'media':
        return [this.#media(block)];
      case 'reasoning':
        return this.#reasoning(block);
      case 'tool_call':
        return [this.#call(block, mustSign)];
      case 'tool_result':
        return [this.#result(block)];
      case 'opaque':
      default:
        if (block.dialect === 'gemini') return [block.data];
        this.#losses.add('dropped', opaqueName(block.data));
        return [];
    }
  }

  #text(block: TextBlock): readonly JsonFields[] {
    if (block.citations !== undefined) this.#losses.add('dropped', 'citations');
    const signature = ownSignature(block.signature);
    if (signature === undefined && block.signature !== undefined) this.#losses.add('dropped', 'reasoning_signature');
    if (block.text === '' && signature === undefined) return [];
    return [{ ...textPart(block.text, { thought: false, signature }), ...nativesOf(block) }];
  }

  /** Thoughts that another model had, or that nobody signed, prove nothing here. */
  #reasoning(block: ReasoningBlock): readonly JsonFields[] {
    const signature = ownSignature(block.signature);
    if (signature === undefined && (block.signature ?? block.redacted) !== undefined) {
      this.#losses.add('dropped', 'reasoning_signature');
      return [];
    }
    if (signature === undefined && !this.#native) {
      this.#losses.add('dropped', 'reasoning');
      return [];
    }
    return [{ ...textPart(block.text, { thought: true, signature }), ...nativesOf(block) }];
  }

  #call(block: ToolCallBlock, mustSign: boolean): JsonFields {
    const own = ownSignature(block.signature);
    if (own === undefined && block.signature !== undefined) this.#losses.add('dropped', 'reasoning_signature');
    if (own === undefined && mustSign) this.#losses.add('emulated', 'reasoning_signature');
    return callPart({
      id: wireId(block.id),
      name: this.#context.names.toWire(block.name),
      args: callArgs(block),
      signature: own ?? (mustSign ? NO_SIGNATURE : undefined),
      natives: nativesOf(block),
    });
  }

  #result(block: ToolResultBlock): JsonFields {
    const id = wireId(block.callId);
    const name = block.name ?? this.#calledNames.get(block.callId) ?? '';
    const media = block.content.filter((part) => part.type === 'media').map((part) => this.#media(part));
    return {
      functionResponse: {
        ...(id !== undefined && { id }),
        name: this.#context.names.toWire(name),
        response: responseOf(block),
        ...(media.length > 0 && { parts: media }),
        ...nativesOf(block),
      },
    };
  }

  #media(block: MediaBlock): JsonFields {
    const { source, detail, title, context, citations, name } = block;
    if (source.via === 'url' && !isGoogleUri(source.url) && !this.#native) {
      throw new Untranslatable('This model takes files as data, not by address.', 'messages');
    }
    if (source.via === 'file' && source.dialect !== 'gemini') {
      throw new Untranslatable('The file is kept by another vendor.', turnsParam(this.#context.request));
    }
    if (detail !== undefined && detail !== 'auto') this.#losses.add('dropped', 'detail');
    if (title !== undefined) this.#losses.add('dropped', 'title');
    if (context !== undefined) this.#losses.add('dropped', 'context');
    if (citations === true) this.#losses.add('dropped', 'citations');
    if (name !== undefined && !this.#native) this.#losses.add('dropped', 'filename');
    return mediaPart(block, { named: this.#native });
  }
}

/** What the caller calls the conversation. */
function turnsParam({ dialect }: ChatRequest): string {
  return dialect === 'gemini' ? 'contents' : 'messages';
}

/** Ids that were made up for callers who sent none stay between us. */
function wireId(id: string): string | undefined {
  return isMadeUpId(id) ? undefined : id;
}

/** The object that the caller sent, or its text under the name that Google gives to what a function said. */
function responseOf({ json, isError, content }: ToolResultBlock): JsonFields {
  if (json !== undefined) return json;
  const text = content.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  return isError === true ? { error: text } : { output: text };
}

function opaqueName(data: JsonFields): string {
  const type = data['type'];
  return typeof type === 'string' && /^[\w.-]{1,64}$/.test(type) ? type : 'opaque';
}
