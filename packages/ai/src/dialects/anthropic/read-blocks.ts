import { openBeside, withBeside, type Beside } from '../../canonical/beside-blocks.ts';
import type {
  Block,
  MediaBlock,
  ReasoningBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
} from '../../canonical/chat-request.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { openSignature } from '../../canonical/signatures.ts';
import { openProof } from '../../canonical/unsigned.ts';
import { withExt } from './block-ext.ts';
import { readMark } from './cache-mark.ts';
import { readCitation } from './citations.ts';
import { readersOf, type FieldReader } from './field-reader.ts';
import type { NamedExtras } from './named-extras.ts';
import { readDocument, readImage, readSearchResult } from './read-media.ts';
import { RAW_ARGUMENTS } from './tool-input.ts';

/** The content of a message. Empty text is no block: the API refuses it, and callers send it all the same. */
export function readContent(message: FieldReader, extras: NamedExtras): Block[] {
  const content = message.value('content');
  if (typeof content === 'string') return textBlocks(content);
  const list = message.list('content') ?? message.refuse('content', 'is required');
  const blocks: Block[] = [];
  for (const reader of readersOf(list, message.pathOf('content'))) {
    const beside = besideIn(reader);
    const last = beside && blocks.pop();
    const block = beside === undefined ? readBlock(reader, extras) : last && withBeside(last, beside);
    if (block !== undefined) blocks.push(block);
  }
  return blocks;
}

/** What came with the block in front of it. */
function besideIn(block: FieldReader): Beside | undefined {
  const data = block.text('type') === 'redacted_thinking' ? block.text('data') : undefined;
  return data === undefined ? undefined : openBeside(data, 'anthropic');
}

function textBlocks(text: string): TextBlock[] {
  return text === '' ? [] : [{ type: 'text', text }];
}

function readBlock(block: FieldReader, extras: NamedExtras): Block | undefined {
  switch (block.needText('type')) {
    case 'text':
      return readText(block, extras);
    case 'image':
      return readImage(block, extras);
    case 'document':
      return readDocument(block, extras);
    case 'search_result':
      return readSearchResult(block);
    case 'tool_use':
      return readToolUse(block, extras);
    case 'tool_result':
      return readToolResult(block, extras);
    case 'thinking':
      return readThinking(block);
    case 'redacted_thinking':
      return { type: 'reasoning', text: '', redacted: openSignature(block.needText('data'), 'anthropic') };
    default:
      return readOpaque(block);
  }
}

function readText(block: FieldReader, extras: NamedExtras): TextBlock | undefined {
  const text = block.text('text') ?? block.refuse('text', 'is required');
  if (text === '') return undefined;
  const citations = block.each('citations').map(({ raw }) => readCitation(raw));
  const members = extras.of(block, 'messages', ['type', 'text', 'citations', 'cache_control']);
  return {
    type: 'text',
    text,
    ...(citations.length > 0 && { citations }),
    ...readMark(block),
    ...withExt({ ...(members !== undefined && { members }) }),
  };
}

function readThinking(block: FieldReader): ReasoningBlock {
  const signature = openProof(block.text('signature') ?? '', 'anthropic');
  return {
    type: 'reasoning',
    text: block.text('thinking') ?? '',
    ...(signature !== undefined && { signature }),
  };
}

function readToolUse(block: FieldReader, extras: NamedExtras): ToolCallBlock {
  const members = extras.of(block, 'messages', ['type', 'id', 'name', 'input', 'cache_control']);
  return {
    type: 'tool_call',
    id: block.needText('id'),
    name: block.needText('name'),
    input: inputText(block.value('input')),
    ...readMark(block),
    ...withExt({ ...(members !== undefined && { members }) }),
  };
}

function inputText(input: Json | undefined): string {
  if (!isJsonFields(input)) return JSON.stringify(input ?? {});
  const raw = input[RAW_ARGUMENTS];
  return typeof raw === 'string' && Object.keys(input).length === 1 ? raw : JSON.stringify(input);
}

function readToolResult(block: FieldReader, extras: NamedExtras): ToolResultBlock {
  const isError = block.flag('is_error');
  const members = extras.of(block, 'messages', ['type', 'tool_use_id', 'content', 'is_error', 'cache_control']);
  const { content, parts } = readResultContent(block, extras);
  return {
    type: 'tool_result',
    callId: block.needText('tool_use_id'),
    ...(isError !== undefined && { isError }),
    content,
    ...readMark(block),
    ...withExt({ ...(members !== undefined && { members }), ...(parts !== undefined && { parts }) }),
  };
}

interface ResultContent {
  readonly content: readonly (TextBlock | MediaBlock)[];
  readonly parts?: JsonFields;
}

function readResultContent(block: FieldReader, extras: NamedExtras): ResultContent {
  const said = block.value('content');
  if (said === undefined) return { content: [] };
  if (typeof said === 'string') return { content: textBlocks(said) };
  const list = readersOf(block.list('content') ?? [], block.pathOf('content'));
  const content: (TextBlock | MediaBlock)[] = [];
  const parts: [string, Json][] = [];
  for (const [index, part] of list.entries()) {
    const type = part.needText('type');
    const read = RESULT_PARTS.has(type) ? readBlock(part, extras) : undefined;
    if (read?.type === 'text' || read?.type === 'media') content.push(read);
    else if (!RESULT_PARTS.has(type)) {
      extras.add('messages', type);
      parts.push([String(index), part.raw]);
    }
  }
  return { content, ...(parts.length > 0 && { parts: Object.fromEntries(parts) }) };
}

const RESULT_PARTS: ReadonlySet<string> = new Set(['text', 'image', 'document', 'search_result']);

function readOpaque(block: FieldReader): Block {
  return { type: 'opaque', dialect: 'anthropic', data: block.raw, ...readMark(block) };
}
