import type {
  Block,
  ChatRequest,
  OpaqueBlock,
  ToolCallBlock,
  ToolResultBlock,
  Turn,
} from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import { dropEmptyText, pairToolResults } from '../../canonical/shape-turns.ts';
import type { WireNames } from '../../canonical/wire-names.ts';
import { argumentsText } from '../chat-shaped/function-tools.ts';
import { nameResults } from '../chat-shaped/name-results.ts';
import { opaqueName } from '../chat-shaped/opaque-name.ts';
import { writePart } from './write-parts.ts';

export interface MessageWriting {
  readonly losses: Losses;
  readonly names: WireNames;
  readonly ids: WireNames;
  /** The model knows thoughts. */
  readonly thinks: boolean;
}

export function writeMessages(request: ChatRequest, writing: MessageWriting): JsonFields[] {
  const turns = dropEmptyText(nameResults(pairToolResults(request.turns, writing.losses)));
  const said = turns.flatMap((turn) => writeTurn(turn, writing));
  return prefixed(bridged([...writeInstructions(request), ...said], writing.losses));
}

/** One message: several in front are refused by some models. */
function writeInstructions({ instructions }: ChatRequest): JsonFields[] {
  const parts = instructions.filter(({ text }) => /\S/.test(text)).map(({ text }) => ({ type: 'text', text }));
  return parts.length === 0 ? [] : [{ role: 'system', content: contentOf(parts) }];
}

/** One plain text is a string. */
function contentOf(parts: readonly JsonFields[]): Json {
  const [first] = parts;
  if (first === undefined) return '';
  return parts.length === 1 && first['type'] === 'text' ? (first['text'] ?? '') : parts;
}

function writeTurn(turn: Turn, writing: MessageWriting): JsonFields[] {
  if (turn.role === 'assistant') return writeAssistant(turn.blocks, writing);
  const results = turn.blocks.filter((block) => block.type === 'tool_result');
  const parts = turn.blocks.flatMap((block) => (block.type === 'tool_result' ? [] : writePart(block, writing.losses)));
  const role = turn.role === 'user' ? 'user' : 'system';
  return [
    ...results.map((result) => writeResult(result, writing)),
    ...(parts.length === 0 ? [] : [{ role, content: contentOf(parts) }]),
  ];
}

function writeResult(result: ToolResultBlock, { losses, names, ids }: MessageWriting): JsonFields {
  const parts = result.content.flatMap((part) => writePart(part, losses));
  if (result.isError === true) {
    losses.add('emulated', 'is_error');
    parts.unshift({ type: 'text', text: 'Error:' });
  }
  return {
    role: 'tool',
    tool_call_id: ids.toWire(result.callId),
    ...(result.name !== undefined && { name: names.toWire(result.name) }),
    content: contentOf(joined(parts)),
  };
}

/** Text that follows text is one: what comes out of tools is a string wherever it can be. */
function joined(parts: readonly JsonFields[]): JsonFields[] {
  const texts: JsonFields[] = [];
  for (const part of parts) {
    const last = texts.at(-1);
    const both = [last?.['text'], part['text']];
    if (last !== undefined && both.every((text) => typeof text === 'string')) {
      texts.splice(-1, 1, { type: 'text', text: both.join('\n') });
    } else texts.push(part);
  }
  return texts;
}

function writeAssistant(blocks: readonly Block[], writing: MessageWriting): JsonFields[] {
  const parts = blocks.flatMap((block) => writeSaid(block, writing));
  const calls = blocks.filter((block) => block.type === 'tool_call').map((call) => writeCall(call, writing));
  if (parts.length + calls.length === 0) return [];
  return [{ role: 'assistant', content: contentOf(parts), ...(calls.length > 0 && { tool_calls: calls }) }];
}

function writeSaid(block: Block, writing: MessageWriting): JsonFields[] {
  if (block.type === 'tool_call') return [];
  if (block.type === 'reasoning') return writeThought(block, writing);
  if (block.type === 'media') {
    writing.losses.add('dropped', block.kind);
    return [];
  }
  return block.type === 'opaque' && isMessageMember(block, writing.losses) ? [] : writePart(block, writing.losses);
}

/** Chat's readers keep members of a message so; that it is to be continued is said of every last one anyway. */
function isMessageMember({ dialect, data }: OpaqueBlock, losses: Losses): boolean {
  if (dialect !== 'openai-chat' || data['type'] !== undefined) return false;
  for (const name of Object.keys(data)) {
    if (name !== 'prefix' && name !== 'partial') losses.add('dropped', opaqueName({ type: name }));
  }
  return true;
}

/** A signature goes to its issuer only (reference T21). */
function writeThought(block: Extract<Block, { type: 'reasoning' }>, { losses, thinks }: MessageWriting): JsonFields[] {
  const { text, signature, redacted } = block;
  const own = signature?.dialect === 'mistral' ? signature.value : undefined;
  if (redacted !== undefined || (text === '' && own === undefined) || (own === undefined && !thinks)) {
    if (text !== '' || redacted !== undefined) losses.add('dropped', 'reasoning');
    return [];
  }
  if (signature !== undefined && own === undefined) losses.add('dropped', 'reasoning_signature');
  return [{ type: 'thinking', thinking: [{ type: 'text', text }], ...(own !== undefined && { signature: own }) }];
}

function writeCall(call: ToolCallBlock, { losses, names, ids }: MessageWriting): JsonFields {
  if (call.signature !== undefined) losses.add('dropped', 'reasoning_signature');
  return {
    id: ids.toWire(call.id),
    type: 'function',
    function: { name: names.toWire(call.name), arguments: argumentsText(call) },
  };
}

/** Behind results only the assistant may speak: whoever else wants to gets a word of it in front. */
function bridged(messages: readonly JsonFields[], losses: Losses): JsonFields[] {
  return messages.flatMap((message, at) => {
    const role = message['role'];
    if (messages[at - 1]?.['role'] !== 'tool' || role === 'tool' || role === 'assistant') return [message];
    losses.add('emulated', 'messages');
    return [{ role: 'assistant', content: 'OK.' }, message];
  });
}

/** A last word of the assistant is one to be continued. */
function prefixed(messages: JsonFields[]): JsonFields[] {
  const last = messages.at(-1);
  if (last?.['role'] !== 'assistant' || last['tool_calls'] !== undefined) return messages;
  return [...messages.slice(0, -1), { ...last, prefix: true }];
}
