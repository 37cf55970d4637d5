import type { Block, MediaBlock, ReasoningBlock, TextBlock, ToolCallBlock } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { sealSignature } from '../../canonical/signatures.ts';
import { sealUnsigned } from '../../canonical/unsigned.ts';
import { sealBeside } from '../../canonical/beside-blocks.ts';
import { writeCitation } from './citations.ts';
import { DocumentNames } from './document-names.ts';
import { objectInput } from './object-input.ts';
import { recall } from './wire-memory.ts';
import { isProblem, writeMedia } from './write-media.ts';

/** The content of an answer. */
export function writeReplyContent(blocks: readonly Block[]): JsonFields[] {
  const names = new DocumentNames();
  return blocks.flatMap((block) => writeReplyBlock(block, names));
}

function writeReplyBlock(block: Block, names: DocumentNames): readonly JsonFields[] {
  const wire = recall(block);
  if (wire !== undefined) return [wire];
  switch (block.type) {
    case 'text':
      return textItems(block);
    case 'refusal':
      return block.text === '' ? [] : [{ text: block.text }];
    case 'reasoning':
      return reasoningItems(block);
    case 'tool_call':
      return callItems(block);
    case 'media':
      return [mediaItem(block, names)];
    case 'opaque':
      return block.dialect === 'bedrock' ? [block.data] : [];
    case 'tool_result':
      break;
  }
  return [];
}

function textItems({ text, citations = [], signature }: TextBlock): readonly JsonFields[] {
  const items: JsonFields[] = [];
  if (citations.length > 0) {
    items.push({ citationsContent: { content: [{ text }], citations: citations.map(writeCitation) } });
  } else if (text !== '') items.push({ text });
  if (signature !== undefined && items.length > 0)
    items.push(redactedItem(sealBeside({ of: 'previous', signature }, 'bedrock')));
  return items;
}

function reasoningItems({ text, signature, redacted, itemId }: ReasoningBlock): readonly JsonFields[] {
  const items: JsonFields[] = itemId === undefined ? [] : [redactedItem(sealBeside({ of: 'next', itemId }, 'bedrock'))];
  if (text !== '' || signature !== undefined || redacted === undefined) {
    const proof = signature === undefined ? sealUnsigned('bedrock') : sealSignature(signature, 'bedrock');
    items.push({ reasoningContent: { reasoningText: { text, signature: proof } } });
  }
  if (redacted !== undefined) items.push(redactedItem(sealSignature(redacted, 'bedrock')));
  return items;
}

function callItems(block: ToolCallBlock): readonly JsonFields[] {
  const { id, name } = block;
  const item: JsonFields = { toolUse: { toolUseId: id, name, input: objectInput(block).input } };
  const beside = callBeside(block);
  return beside === undefined ? [item] : [redactedItem(beside), item];
}

/** What a call carries that a Bedrock block does not, sealed. */
export function callBeside({ signature, itemId }: Pick<ToolCallBlock, 'signature' | 'itemId'>): string | undefined {
  if (signature === undefined && itemId === undefined) return undefined;
  return sealBeside(
    {
      of: 'next',
      ...(signature !== undefined && { signature }),
      ...(itemId !== undefined && { itemId }),
    },
    'bedrock',
  );
}

function redactedItem(redactedContent: string): JsonFields {
  return { reasoningContent: { redactedContent } };
}

/** What Bedrock has no form for is named by where it is, if that is known. */
function mediaItem(block: MediaBlock, names: DocumentNames): JsonFields {
  const item = writeMedia(block, names);
  if (!isProblem(item)) return item;
  return { text: block.source.via === 'url' ? block.source.url : `[${block.kind} left out: ${item.problem}]` };
}
