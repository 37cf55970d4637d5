import type {
  Block,
  ChatRequest,
  MediaBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
  Turn,
} from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import { dropEmptyText, mediaOutOfResults, pairToolResults } from '../../canonical/shape-turns.ts';
import { documentText, taggedDocument } from '../chat-shaped/document-text.ts';
import { nameResults } from '../chat-shaped/name-results.ts';
import { opaqueName } from '../chat-shaped/opaque-name.ts';
import { isMadeUpId } from './call-ids.ts';
import { objectInput } from './object-input.ts';

export function writeMessages(request: ChatRequest, losses: Losses): JsonFields[] {
  const turns = dropEmptyText(mediaOutOfResults(nameResults(pairToolResults(request.turns, losses)), losses));
  const told = request.instructions.filter(({ text }) => /\S/.test(text));
  return [
    ...told.map(({ text }) => ({ role: 'system', content: text })),
    ...turns.flatMap((turn) => writeTurn(turn, losses)),
  ];
}

function writeTurn({ role, blocks }: Turn, losses: Losses): JsonFields[] {
  if (role === 'assistant') return writeAssistant(blocks, losses);
  const results = blocks.filter((block) => block.type === 'tool_result');
  const said = blocks.filter((block) => block.type !== 'tool_result');
  const images = said.flatMap((block) =>
    block.type === 'media' && block.kind === 'image' ? writeImage(block, losses) : [],
  );
  const content = textOf(said, losses);
  const message = { role: role === 'user' ? 'user' : 'system', content, ...(images.length > 0 && { images }) };
  return [
    ...results.map((result) => writeResult(result, losses)),
    ...(content === '' && images.length === 0 ? [] : [message]),
  ];
}

/** Content is one text, and images stand beside it. */
function textOf(blocks: readonly Block[], losses: Losses): string {
  return blocks.flatMap((block) => writeText(block, losses)).join('\n\n');
}

function writeText(block: Block, losses: Losses): string[] {
  switch (block.type) {
    case 'text':
      loseProof(block, losses);
      return [block.text];
    case 'refusal':
      return [block.text];
    case 'media':
      return block.kind === 'image' ? [] : [writeDocument(block, losses)];
    case 'opaque':
      losses.add('dropped', opaqueName(block.data));
      break;
    case 'reasoning':
    case 'tool_call':
    case 'tool_result':
      break;
  }
  return [];
}

function loseProof({ signature, citations = [] }: TextBlock, losses: Losses): void {
  if (signature !== undefined) losses.add('dropped', 'reasoning_signature');
  if (citations.length > 0) losses.add('dropped', 'citations');
}

function writeDocument(block: MediaBlock, losses: Losses): string {
  const text = block.kind === 'document' ? documentText(block) : undefined;
  if (text === undefined) throw refused(block);
  if (block.citations === true) losses.add('dropped', 'citations');
  losses.add('emulated', 'document');
  return taggedDocument(block, text);
}

function writeImage(block: MediaBlock, losses: Losses): string {
  const { source, detail } = block;
  if (source.via !== 'base64') throw refused(block);
  if (detail !== undefined && detail !== 'auto') losses.add('dropped', 'detail');
  return source.data;
}

function refused({ kind, source }: MediaBlock): Untranslatable {
  const how = kind === 'image' && source.via === 'url' ? 'images only inside the request' : `no ${kind} of this kind`;
  return new Untranslatable(`The provider of this model takes ${how}.`, 'messages');
}

function writeResult(result: ToolResultBlock, losses: Losses): JsonFields {
  const { callId, name, isError, content } = result;
  if (isError === true) losses.add('emulated', 'is_error');
  const texts = content.flatMap((part) => (part.type === 'text' ? part.text : []));
  return {
    role: 'tool',
    content: [...(isError === true ? ['Error:'] : []), ...texts].join('\n'),
    ...(name !== undefined && { tool_name: name }),
    ...(!isMadeUpId(callId) && { tool_call_id: callId }),
  };
}

function writeAssistant(blocks: readonly Block[], losses: Losses): JsonFields[] {
  const thinking = blocks.flatMap((block) => (block.type === 'reasoning' ? thoughtOf(block, losses) : [])).join('\n\n');
  const calls = blocks.filter((block) => block.type === 'tool_call').map((call) => writeCall(call, losses));
  const said = blocks.filter((block) => block.type !== 'media');
  for (const block of blocks) if (block.type === 'media') losses.add('dropped', block.kind);
  const content = textOf(said, losses);
  if (content === '' && thinking === '' && calls.length === 0) return [];
  return [
    {
      role: 'assistant',
      content,
      ...(thinking !== '' && { thinking }),
      ...(calls.length > 0 && { tool_calls: calls }),
    },
  ];
}

/** The text of a thought; its proof is worth something to its issuer only (reference T21). */
function thoughtOf({ text, signature, redacted }: Extract<Block, { type: 'reasoning' }>, losses: Losses): string[] {
  if (signature !== undefined) losses.add('dropped', 'reasoning_signature');
  if (redacted !== undefined) losses.add('dropped', 'reasoning');
  return text === '' ? [] : [text];
}

function writeCall(call: ToolCallBlock, losses: Losses): JsonFields {
  const { input, raw } = objectInput(call);
  if (raw) losses.add('emulated', 'arguments');
  if (call.signature !== undefined) losses.add('dropped', 'reasoning_signature');
  return { ...(!isMadeUpId(call.id) && { id: call.id }), function: { name: call.name, arguments: input } };
}
