import type { Block, ChatRequest, MediaBlock, TextBlock, ToolResultBlock, Turn } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import { mimeOf } from '../../canonical/media-source.ts';
import { dropEmptyText, mediaOutOfResults, pairToolResults } from '../../canonical/shape-turns.ts';
import type { WireNames } from '../../canonical/wire-names.ts';
import { argumentsText } from '../chat-shaped/function-tools.ts';
import { opaqueName } from '../chat-shaped/opaque-name.ts';
import { present } from '../chat-shaped/present.ts';
import type { DocumentShelf } from './document-shelf.ts';
import { formOf } from './wire-forms.ts';

export interface MessageWriting {
  readonly losses: Losses;
  readonly names: WireNames;
  readonly documents: DocumentShelf;
  /** The model may be told what it thought. */
  readonly thinks: boolean;
  /** To be said beside what the caller says. */
  readonly instruction: string | undefined;
}

export function writeMessages(request: ChatRequest, writing: MessageWriting): JsonFields[] {
  const { losses, instruction } = writing;
  const turns = dropEmptyText(mediaOutOfResults(pairToolResults(request.turns, losses), losses));
  const told = [...request.instructions.map(({ text }) => text), ...(instruction === undefined ? [] : [instruction])];
  const parts = told.filter((text) => /\S/.test(text)).map(textPart);
  const system = parts.length === 0 ? [] : [{ role: 'system', content: contentOf(parts) }];
  return [...system, ...turns.flatMap((turn) => writeTurn(turn, writing))];
}

function textPart(text: string): JsonFields {
  return { type: 'text', text };
}

/** One plain text is a string. */
function contentOf(parts: readonly JsonFields[]): Json {
  const [first] = parts;
  return parts.length === 1 && first?.['type'] === 'text' ? (first['text'] ?? '') : parts;
}

function writeTurn(turn: Turn, writing: MessageWriting): JsonFields[] {
  if (turn.role === 'assistant') return writeAssistant(turn.blocks, writing);
  const results = turn.blocks.filter((block) => block.type === 'tool_result');
  const said = turn.blocks.filter((block) => block.type !== 'tool_result');
  const alone = said.every((block) => block.type === 'media' && block.kind === 'document');
  const parts = said.flatMap((block) => writePart(block, { ...writing, alone }));
  const role = turn.role === 'user' ? 'user' : 'system';
  return [
    ...results.map((result) => writeResult(result, writing.losses)),
    ...(parts.length === 0 ? [] : [{ role, content: contentOf(parts) }]),
  ];
}

function writePart(block: Block, writing: MessageWriting & { readonly alone: boolean }): JsonFields[] {
  switch (block.type) {
    case 'text':
      loseProof(block, writing.losses);
      return [textPart(block.text)];
    case 'refusal':
      return [textPart(block.text)];
    case 'media': {
      if (block.kind !== 'document') return [writeImage(block, writing.losses)];
      const part = writing.documents.take(block, writing);
      return part === undefined ? [] : [part];
    }
    case 'opaque':
      writing.losses.add('dropped', opaqueName(block.data));
      break;
    case 'reasoning':
    case 'tool_call':
    case 'tool_result':
      break;
  }
  return [];
}

function loseProof({ signature, citations }: TextBlock, losses: Losses): void {
  if (signature !== undefined) losses.add('dropped', 'reasoning_signature');
  if (citations?.some(({ raw }) => raw?.dialect !== 'cohere') === true) losses.add('dropped', 'citations');
}

function writeImage(block: MediaBlock, losses: Losses): JsonFields {
  const { kind, source, detail } = block;
  const url =
    source.via === 'url' ? source.url : source.via === 'base64' ? `data:${mimeOf(block)};base64,${source.data}` : '';
  if (kind !== 'image' || url === '') {
    throw new Untranslatable(`The provider of this model takes no ${kind} of this kind.`, 'messages');
  }
  const known = detail === 'auto' || detail === 'low' || detail === 'high';
  if (detail !== undefined && !known) losses.add('dropped', 'detail');
  return { type: 'image_url', image_url: { url, ...(known && { detail }) } };
}

function writeResult(result: ToolResultBlock, losses: Losses): JsonFields {
  return { role: 'tool', tool_call_id: result.callId, content: formOf(result) ?? resultContent(result, losses) };
}

function resultContent({ isError, json, content }: ToolResultBlock, losses: Losses): Json {
  if (isError === true) losses.add('emulated', 'is_error');
  else if (json !== undefined) return [{ type: 'document', document: { data: json } }];
  const texts = content.flatMap((part) => (part.type === 'text' ? part.text : []));
  return [...(isError === true ? ['Error:'] : []), ...texts].join('\n');
}

/** Beside calls no text is allowed: what was said in front of them is their plan. */
function writeAssistant(blocks: readonly Block[], writing: MessageWriting): JsonFields[] {
  const parts = blocks.flatMap((block) => writeSaid(block, writing));
  const calls = blocks.filter((block) => block.type === 'tool_call');
  const cited = blocks.flatMap((block) => (block.type === 'text' ? (block.citations ?? []) : []));
  const citations = cited.flatMap(({ raw }) => (raw?.dialect === 'cohere' ? raw.data : []));
  const more = present({ citations: citations.length === 0 ? undefined : citations });
  if (calls.length === 0) return parts.length === 0 ? [] : [{ role: 'assistant', content: contentOf(parts), ...more }];
  const thoughts = parts.filter(({ type }) => type === 'thinking');
  const plan = parts.flatMap(({ text }) => (typeof text === 'string' ? text : [])).join('\n\n');
  for (const { signature } of calls) if (signature !== undefined) writing.losses.add('dropped', 'reasoning_signature');
  return [
    {
      role: 'assistant',
      ...(thoughts.length > 0 && { content: thoughts }),
      ...(plan !== '' && { tool_plan: plan }),
      tool_calls: calls.map((call) => ({
        id: call.id,
        type: 'function',
        function: { name: writing.names.toWire(call.name), arguments: argumentsText(call) },
      })),
      ...more,
    },
  ];
}

function writeSaid(block: Block, writing: MessageWriting): JsonFields[] {
  if (block.type === 'media') {
    writing.losses.add('dropped', block.kind);
    return [];
  }
  if (block.type !== 'reasoning') return writePart(block, { ...writing, alone: false });
  const { text, signature, redacted } = block;
  if ((signature ?? redacted) !== undefined) writing.losses.add('dropped', 'reasoning_signature');
  if (text === '') return [];
  if (writing.thinks) return [{ type: 'thinking', thinking: text }];
  writing.losses.add('dropped', 'reasoning');
  return [];
}
