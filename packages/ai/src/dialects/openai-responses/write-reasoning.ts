import { createHash } from 'node:crypto';
import type { ReasoningBlock } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Fields } from '../../loose-json.ts';
import { keptOf, OWN } from './own.ts';
import { splitOwn } from './proof.ts';
import type { WriteContext } from './write-context.ts';

/**
 * Gathers the blocks of one reasoning item: those in a row that have the same item id; where a caller had no place for
 * ids, those up to the proof, which is always at the last of them.
 */
export class ReasoningRun {
  readonly #context: WriteContext;
  #blocks: ReasoningBlock[] = [];

  constructor(context: WriteContext) {
    this.#context = context;
  }

  /** The item in front of the block, when the block is not of it. */
  add(block: ReasoningBlock): readonly Fields[] {
    const last = this.#blocks.at(-1);
    const proven = last?.itemId === undefined && (last?.signature ?? last?.redacted) !== undefined;
    const goesOn = last !== undefined && last.itemId === block.itemId && !proven;
    const items = goesOn ? [] : this.end();
    this.#blocks.push(block);
    return items;
  }

  end(): readonly Fields[] {
    const blocks = this.#blocks;
    this.#blocks = [];
    return blocks.length === 0 ? [] : writeReasoning(blocks, this.#context);
  }
}

/**
 * OpenAI takes back what it issued: with the proof and the id that go together, or with an id that it has stored. Other
 * reasoning is of no use to it (reference §3.4, T21, T23).
 */
function writeReasoning(blocks: readonly ReasoningBlock[], context: WriteContext): readonly Fields[] {
  const { losses, own, replaysReasoning } = context;
  const proofs = blocks.flatMap(({ signature, redacted }) => signature ?? redacted ?? []);
  const proof = proofs.find(({ dialect }) => dialect === OWN);
  if (proofs.some(({ dialect }) => dialect !== OWN)) losses.add('dropped', 'reasoning_signature');
  const texts = blocks.flatMap(({ text }) => (text === '' ? [] : [text]));
  const [first] = blocks;
  const kept = first === undefined ? undefined : keptOf(first);
  if (proof !== undefined) {
    const { id = first?.itemId, content } = splitOwn(proof);
    return [{ ...reasoningItem(id, texts, withoutContent(kept)), encrypted_content: content }];
  }
  const id = first?.itemId;
  if (own && proofs.length === 0 && (id !== undefined || kept !== undefined)) return [reasoningItem(id, texts, kept)];
  if (replaysReasoning && texts.length > 0) return [replayed(texts)];
  if (texts.length > 0) losses.add('dropped', 'reasoning');
  return [];
}

function reasoningItem(id: string | undefined, texts: readonly string[], kept: JsonFields | undefined): Fields {
  const summary = texts.map((text) => ({ type: 'summary_text', text }));
  return { type: 'reasoning', ...(id !== undefined && { id }), summary, ...kept };
}

/** Beside the encrypted content its plain text is refused. */
function withoutContent(kept: JsonFields | undefined): JsonFields {
  const { content: _, ...rest } = kept ?? {};
  return rest;
}

function replayed(texts: readonly string[]): Fields {
  // Servers insist on an id and look nothing up by it.
  const id = `rs_${createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 32)}`;
  return { type: 'reasoning', id, summary: [], content: texts.map((text) => ({ type: 'reasoning_text', text })) };
}
