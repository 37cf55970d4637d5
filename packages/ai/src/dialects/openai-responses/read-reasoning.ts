import type { Block, ReasoningBlock } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { asText } from '../../loose-json.ts';
import { fieldsOf, given, listOf } from './fields.ts';
import { OWN } from './own.ts';
import { readProof, type Proof } from './proof.ts';

/**
 * A reasoning item: one block for each part of its summary and of its content, the proof at the last of them; or the
 * proof of something that stands beside the item.
 */
export function readReasoning(item: JsonFields): readonly Block[] | Proof {
  const itemId = asText(item['id']);
  const encrypted = asText(item['encrypted_content']);
  const proof = encrypted === undefined ? undefined : readProof(encrypted, itemId);
  const texts = [...reasoningTexts(item, 'summary'), ...reasoningTexts(item, 'content')];
  if (proof === undefined) {
    // It only stands for what the vendor has stored.
    if (texts.length === 0) return [{ type: 'opaque', dialect: OWN, data: item }];
    return reasoningBlocks(texts, { itemId, proof: {} });
  }
  const { signature, place } = proof;
  if (place === 'empty_text') return [{ type: 'text', text: '', signature }];
  if (place === 'unsigned') return reasoningBlocks(texts, { itemId: undefined, proof: {} });
  if (place !== 'reasoning' && place !== 'redacted') return proof;
  const redacted = place === 'redacted' || (signature.dialect === OWN && texts.length === 0);
  return reasoningBlocks(texts, {
    itemId: signature.dialect === OWN ? itemId : undefined,
    proof: redacted ? { redacted: signature } : { signature },
  });
}

interface Rest {
  readonly itemId: string | undefined;
  readonly proof: Pick<ReasoningBlock, 'signature' | 'redacted'>;
}

function reasoningBlocks(texts: readonly string[], { itemId, proof }: Rest): readonly ReasoningBlock[] {
  const base = given({ type: 'reasoning', itemId });
  const last = texts.at(-1) ?? '';
  return [...texts.slice(0, -1).map((text) => ({ ...base, text })), { ...base, text: last, ...proof }];
}

/** The parts that say something. */
export function reasoningTexts(item: JsonFields, name: 'summary' | 'content'): readonly string[] {
  return listOf(item[name]).flatMap((part) => asText(fieldsOf(part)?.['text']) ?? []);
}
