import type { Block, Instruction, ToolCallBlock, Turn } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Members } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';
import { functionCallId, readAssistant } from './read-assistant.ts';
import { readCacheMark, readContent, readTextPart } from './read-content.ts';

export interface Conversation {
  readonly instructions: readonly Instruction[];
  readonly turns: readonly Turn[];
  /** Members of messages that nobody knows, by their names in the request. */
  readonly unknown: JsonFields;
}

export function readMessages(request: Members): Conversation {
  const reader = new MessageReader();
  for (const [at, message] of request.each('messages').entries()) reader.read(message, at);
  const { instructions, turns, unknown } = reader;
  if (instructions.length + turns.length === 0) request.refuse('messages', 'must hold a message that says something');
  return { instructions, turns, unknown: Object.fromEntries(unknown) };
}

class MessageReader {
  readonly instructions: Instruction[] = [];
  readonly turns: Turn[] = [];
  readonly unknown = new Map<string, JsonFields[string]>();
  readonly #calls = new Map<string, ToolCallBlock>();
  /** Whether the last turn is one of results only, which the next result joins. */
  #amongResults = false;
  /** The id that the last call without one was given. */
  #functionCall = '';

  read(message: Members, at: number): void {
    const role = message.name('role');
    const amongResults = this.#amongResults;
    this.#amongResults = role === 'tool' || role === 'function';
    switch (role) {
      case 'system':
      case 'developer':
        this.#readInstructions(message, role);
        break;
      case 'user':
        this.#say('user', message, readContent(message));
        break;
      case 'assistant':
        this.#readAssistant(message, at);
        break;
      case 'tool':
        this.#readResult(message, message.name('tool_call_id'), amongResults);
        break;
      case 'function':
        this.#readResult(message, this.#functionCall, amongResults);
        break;
      default:
        message.refuse('role', 'has an unknown value');
    }
    for (const [name, value] of Object.entries(message.rest())) this.unknown.set(`messages.${name}`, value);
  }

  /** In front of the conversation they are instructions; later their place means something. */
  #readInstructions(message: Members, role: Instruction['role']): void {
    const blocks = markedLast(readContent(message, readTextPart), message);
    if (this.turns.length > 0) {
      this.#push({ role, blocks, ...present({ name: message.text('name') }) });
      return;
    }
    for (const block of blocks) {
      if (block.type === 'text') this.instructions.push({ role, text: block.text, ...present({ cache: block.cache }) });
    }
  }

  #readAssistant(message: Members, at: number): void {
    const blocks = readAssistant(message, at);
    for (const block of blocks) if (block.type === 'tool_call') this.#calls.set(block.id, block);
    if (this.#calls.has(functionCallId(at))) this.#functionCall = functionCallId(at);
    this.#say('assistant', message, blocks);
  }

  #say(role: Turn['role'], message: Members, blocks: readonly Block[]): void {
    this.#push({ role, blocks: markedLast(blocks, message), ...present({ name: message.text('name') }) });
  }

  #push(turn: Turn): void {
    if (turn.blocks.length > 0) this.turns.push(turn);
  }

  #readResult(message: Members, callId: string, amongResults: boolean): void {
    const call = this.#calls.get(callId);
    const cache = present({ cache: readCacheMark(message) });
    const result: Block = {
      type: 'tool_result',
      callId,
      content: readContent(message).map(asResultContent),
      ...present({ name: message.text('name') ?? call?.name, custom: call?.custom }),
      ...cache,
    };
    const last = amongResults ? this.turns.pop() : undefined;
    this.turns.push({ role: 'user', blocks: [...(last?.blocks ?? []), result] });
  }
}

/** A mark on the message is one on its last part. */
function markedLast(blocks: readonly Block[], message: Members): readonly Block[] {
  const cache = readCacheMark(message);
  const last = blocks.at(-1);
  if (cache === undefined || last === undefined || last.type === 'refusal' || last.type === 'reasoning') return blocks;
  return [...blocks.slice(0, -1), { ...last, cache }];
}

/** What is neither text nor media is told as text, so that the model still sees it. */
function asResultContent(block: Block): Extract<Block, { type: 'text' | 'media' }> {
  if (block.type === 'text' || block.type === 'media') return block;
  return { type: 'text', text: block.type === 'opaque' ? JSON.stringify(block.data) : JSON.stringify(block) };
}
