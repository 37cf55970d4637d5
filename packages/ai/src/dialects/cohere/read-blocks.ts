import type { Block, Citation, TextBlock, ToolCallBlock } from '../../canonical/chat-request.ts';
import type { Json } from '../../canonical/json.ts';
import { readDataUrl } from '../../canonical/media-source.ts';
import { fieldsOf, listOf, Members } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';
import { writeArguments } from '../openai-chat/read-assistant.ts';
import { readCitation } from './citations.ts';

/** The content of a message: a string, parts, or nothing. Texts that say nothing are left out. */
export function readParts(message: Members, read: (part: Members) => Block): Block[] {
  const content = message.value('content');
  if (content === undefined) return [];
  const parts = typeof content === 'string' ? [content] : listOf(content);
  if (parts === undefined) return message.refuse('content', 'must be a string or an array of parts');
  return parts.flatMap((part: Json, at) => {
    if (typeof part === 'string') return part === '' ? [] : [{ type: 'text', text: part } as const];
    const place = `content[${at}]`;
    const block = read(new Members(fieldsOf(part) ?? message.refuse(place, 'must be an object'), message.path(place)));
    return block.type === 'text' && block.text === '' ? [] : [block];
  });
}

export function readUserPart(part: Members): Block {
  const type = part.name('type');
  if (type === 'text') return { type, text: textOf(part, 'text') };
  if (type !== 'image_url') return part.refuse('type', "must be 'text' or 'image_url'");
  const image = part.inside('image_url') ?? part.refuse('image_url', 'must be an object');
  const url = image.name('url');
  const detail = present({ detail: image.text('detail') });
  const inside = readDataUrl(url);
  if (inside !== undefined) {
    const source = { via: 'base64', data: inside.data } as const;
    return { type: 'media', kind: 'image', mime: inside.mime, ...detail, source };
  }
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(url)) image.refuse('url', 'is no valid address');
  return { type: 'media', kind: 'image', ...detail, source: { via: 'url', url } };
}

function textOf(part: Members, name: string): string {
  return part.text(name) ?? part.refuse(name, 'must be a string');
}

/** Thoughts in front, then the plan, then what was said, then the calls. */
export function readAssistant(message: Members): Block[] {
  const said = readParts(message, readAssistantPart);
  const thoughts = said.findIndex(({ type }) => type !== 'reasoning');
  const planAt = thoughts < 0 ? said.length : thoughts;
  const plan = message.text('tool_plan') ?? '';
  const citations = (listOf(message.value('citations')) ?? []).flatMap(readCitation);
  const blocks: Block[] = [
    ...said.slice(0, planAt),
    ...(plan === '' ? [] : [{ type: 'text', text: plan } as const]),
    ...said.slice(planAt),
  ];
  return [...withCitations(blocks, citations), ...message.each('tool_calls').map(readCall)];
}

function readAssistantPart(part: Members): Block {
  const type = part.name('type');
  if (type === 'thinking') return { type: 'reasoning', text: textOf(part, 'thinking') };
  return type === 'text' ? { type, text: textOf(part, 'text') } : part.refuse('type', "must be 'text' or 'thinking'");
}

function withCitations(blocks: readonly Block[], citations: readonly Citation[]): Block[] {
  const at = blocks.findIndex(({ type }) => type === 'text');
  return blocks.map((block, index) => {
    return citations.length > 0 && index === at && block.type === 'text' ? cited(block, citations) : block;
  });
}

function cited(block: TextBlock, citations: readonly Citation[]): TextBlock {
  return { ...block, citations };
}

function readCall(call: Members): ToolCallBlock {
  call.value('type');
  const definition = call.inside('function') ?? call.refuse('function', 'must be an object');
  return {
    type: 'tool_call',
    id: call.name('id'),
    name: definition.name('name'),
    input: writeArguments(definition.value('arguments')),
  };
}
