import type { Block, CacheMark, MediaBlock, OpaqueBlock, Signature, TextBlock } from '../../canonical/chat-request.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { openProof } from '../../canonical/unsigned.ts';
import { asText } from '../../loose-json.ts';
import { openBeside, withBeside, type Beside } from '../../canonical/beside-blocks.ts';
import { readCachePoint } from './cache-points.ts';
import { readCitations, textOf } from './citations.ts';
import { isList } from './expect-json.ts';
import { readMedia } from './read-media.ts';
import { readToolResult, readToolUse } from './read-tool-blocks.ts';
import { recall, remember } from './wire-memory.ts';

/** Who said it: a model that signs for itself, or a caller who gives back what it got from us. */
export type Sayer = 'provider' | 'caller';

/** The blocks of a message. What we do not know stays whole, for Bedrock alone. */
export function readContent(content: Json | undefined, sayer: Sayer): Block[] {
  const gathering = new Gathering(sayer);
  for (const item of content !== undefined && isList(content) ? content : []) {
    if (isJsonFields(item)) gathering.add(item);
  }
  return gathering.blocks;
}

type OpenSignature = (text: string) => Signature | undefined;

const SIGNATURES: Readonly<Record<Sayer, OpenSignature>> = {
  provider: (value) => ({ value, dialect: 'bedrock' }),
  caller: (text) => openProof(text, 'bedrock'),
};

/** Cache points and what travels beside blocks belong to their neighbours. */
class Gathering {
  readonly blocks: Block[] = [];
  readonly #sayer: Sayer;
  #beside: Beside | undefined;

  constructor(sayer: Sayer) {
    this.#sayer = sayer;
  }

  add(item: JsonFields): void {
    const mark = readCachePoint(item);
    if (mark !== undefined) {
      if (!this.#mark(mark)) this.blocks.push(opaque(item));
      return;
    }
    const beside = this.#sayer === 'caller' ? besideIn(item) : undefined;
    if (beside?.of === 'previous') {
      this.#replaceLast((last) => withBeside(last, beside));
      return;
    }
    if (beside !== undefined) {
      this.#beside = beside;
      return;
    }
    const block = readBlock(item, SIGNATURES[this.#sayer]);
    if (block === undefined) return;
    this.blocks.push(this.#beside === undefined ? block : withBeside(block, this.#beside));
    this.#beside = undefined;
  }

  #mark(cache: CacheMark): boolean {
    const last = this.blocks.at(-1);
    if (last === undefined || last.type === 'reasoning' || last.type === 'refusal' || last.cache !== undefined) {
      return false;
    }
    this.#replaceLast(() => remember({ ...last, cache }, recall(last)));
    return true;
  }

  #replaceLast(change: (last: Block) => Block): void {
    const last = this.blocks.pop();
    if (last !== undefined) this.blocks.push(change(last));
  }
}

function besideIn({ reasoningContent }: JsonFields): Beside | undefined {
  const redacted = isJsonFields(reasoningContent) ? asText(reasoningContent['redactedContent']) : undefined;
  return redacted === undefined ? undefined : openBeside(redacted, 'bedrock');
}

/** Undefined for text that says nothing. */
function readBlock(item: JsonFields, open: OpenSignature): Block | undefined {
  const { text, toolUse, toolResult, reasoningContent, citationsContent, guardContent } = item;
  if (typeof text === 'string') return text === '' ? undefined : { type: 'text', text };
  if (isJsonFields(toolUse)) return readToolUse(toolUse) ?? opaque(item);
  if (isJsonFields(toolResult)) return readToolResult(toolResult, item) ?? opaque(item);
  if (isJsonFields(reasoningContent)) return readReasoning(reasoningContent, item, open) ?? opaque(item);
  if (isJsonFields(citationsContent)) return readCited(citationsContent, item);
  if (isJsonFields(guardContent)) return readGuarded(guardContent, item) ?? opaque(item);
  return readMedia(item) ?? opaque(item);
}

function readReasoning(data: JsonFields, item: JsonFields, open: OpenSignature): Block | undefined {
  const { reasoningText } = data;
  const redacted = asText(data['redactedContent']);
  const sealed = redacted === undefined ? undefined : open(redacted);
  if (sealed !== undefined) return { type: 'reasoning', text: '', redacted: sealed };
  if (!isJsonFields(reasoningText)) return undefined;
  const proof = asText(reasoningText['signature']);
  const signature = proof === undefined ? undefined : open(proof);
  const text = typeof reasoningText['text'] === 'string' ? reasoningText['text'] : '';
  if (signature !== undefined) return { type: 'reasoning', text, signature };
  // Some models on Bedrock sign nothing, and theirs stays so.
  return remember({ type: 'reasoning', text }, proof === undefined ? item : undefined);
}

function readCited(data: JsonFields, item: JsonFields): TextBlock | undefined {
  const citations = readCitations(data['citations']);
  const text = textOf(data['content']);
  if (text === '' && citations.length === 0) return undefined;
  return remember({ type: 'text', text, ...(citations.length > 0 && { citations }) }, item);
}

/** What a guardrail is to look at is, for everybody else, what it holds. */
export function readGuarded(guard: JsonFields, item: JsonFields): TextBlock | MediaBlock | undefined {
  const { text } = guard;
  const said = isJsonFields(text) ? asText(text['text']) : undefined;
  if (said !== undefined) return remember({ type: 'text', text: said }, item);
  const media = readMedia(guard);
  return media === undefined ? undefined : remember(media, item);
}

export function opaque(data: JsonFields): OpaqueBlock {
  return { type: 'opaque', dialect: 'bedrock', data };
}
