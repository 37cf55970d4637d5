import type { Block, MediaBlock, TextBlock, ToolCallBlock, ToolResultBlock } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import type { WireNames } from '../../canonical/wire-names.ts';
import type { CachePoints } from './cache-points.ts';
import { writeCitation } from './citations.ts';
import type { DocumentNames } from './document-names.ts';
import { objectInput } from './object-input.ts';
import { recall } from './wire-memory.ts';
import { isProblem, writeMedia } from './write-media.ts';

/** What the parts of one request share while it is written. */
export interface Writing {
  /** The caller speaks this dialect: what it said goes out as it said it. */
  readonly own: boolean;
  readonly losses: Losses;
  readonly names: WireNames;
  readonly ids: WireNames;
  readonly documents: DocumentNames;
  readonly cache: CachePoints;
}

export function writeContent(blocks: readonly Block[], writing: Writing): JsonFields[] {
  const items: JsonFields[] = [];
  for (const block of blocks) {
    items.push((writing.own ? recall(block) : undefined) ?? writeBlock(block, writing));
    if ('cache' in block) items.push(...writing.cache.behind(block.cache));
  }
  return items;
}

function writeBlock(block: Block, writing: Writing): JsonFields {
  const { losses } = writing;
  switch (block.type) {
    case 'text':
      return writeText(block, losses);
    case 'refusal':
      return { text: block.text };
    case 'media':
      return mediaItem(block, writing);
    case 'reasoning': {
      if (block.redacted !== undefined) return { reasoningContent: { redactedContent: block.redacted.value } };
      const signed = block.signature?.dialect === 'bedrock' && { signature: block.signature.value };
      return { reasoningContent: { reasoningText: { text: block.text, ...signed } } };
    }
    case 'tool_call':
      return toolUse(block, writing);
    case 'tool_result':
      return toolResult(block, writing);
    case 'opaque':
      break;
  }
  return block.data;
}

function writeText({ text, citations }: TextBlock, losses: Losses): JsonFields {
  const ours = citations?.filter(({ raw }) => raw?.dialect === 'bedrock') ?? [];
  if (ours.length < (citations?.length ?? 0)) losses.add('dropped', 'citations');
  return ours.length === 0
    ? { text }
    : { citationsContent: { content: [{ text }], citations: ours.map(writeCitation) } };
}

function mediaItem(block: MediaBlock, { documents, losses }: Writing): JsonFields {
  const item = writeMedia(block, documents);
  if (isProblem(item)) throw new Untranslatable(item.problem, 'messages');
  if (block.detail !== undefined && block.detail !== 'auto') losses.add('dropped', 'detail');
  return item;
}

function toolUse(block: ToolCallBlock, { ids, names, losses }: Writing): JsonFields {
  const { input, raw } = objectInput(block);
  if (raw) losses.add('emulated', 'tool_calls');
  return { toolUse: { toolUseId: ids.toWire(block.id), name: names.toWire(block.name), input } };
}

function toolResult(block: ToolResultBlock, writing: Writing): JsonFields {
  const { callId, isError, json } = block;
  const said = json === undefined ? block.content : block.content.filter(({ type }) => type !== 'text');
  const content = said.map((part) => resultPart(part, writing));
  if (json !== undefined) content.unshift({ json });
  // Some models know no status, so what goes without saying is not said.
  const status = isError === true ? 'error' : isError === false && writing.own ? 'success' : undefined;
  return {
    toolResult: {
      toolUseId: writing.ids.toWire(callId),
      content: content.length === 0 ? [{ text: '' }] : content,
      ...(status !== undefined && { status }),
    },
  };
}

function resultPart(part: TextBlock | MediaBlock, writing: Writing): JsonFields {
  if (part.type === 'text') return { text: part.text };
  if (part.kind !== 'audio') return mediaItem(part, writing);
  writing.losses.add('dropped', 'audio');
  return { text: '[audio left out]' };
}
