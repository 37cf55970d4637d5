import type { Block, Instruction, ToolResultBlock, Turn } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Members } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';
import { readAssistant, readParts, readUserPart } from './read-blocks.ts';
import { readDocuments, readResultContent } from './read-documents.ts';

export interface Conversation {
  readonly instructions: readonly Instruction[];
  readonly turns: readonly Turn[];
  /** Members of messages that nobody knows, and what else has no place, by their names in the request. */
  readonly unknown: JsonFields;
}

export function readMessages(request: Members): Conversation {
  const reader = new MessageReader();
  const messages = request.each('messages');
  for (const message of messages) reader.read(message);
  if (reader.instructions.length + reader.turns.length === 0) {
    request.refuse('messages', 'must hold a message that says something');
  }
  const documents = request.list('documents');
  const placed = documents === undefined || reader.place(readDocuments(request));
  if (!placed) reader.unknown.set('documents', documents);
  const { instructions, turns, unknown } = reader;
  return { instructions, turns, unknown: Object.fromEntries(unknown) };
}

class MessageReader {
  readonly instructions: Instruction[] = [];
  readonly turns: Turn[] = [];
  readonly unknown = new Map<string, JsonFields[string]>();
  /** Names of tools by the ids of their calls. */
  readonly #called = new Map<string, string>();
  #amongResults = false;

  read(message: Members): void {
    const role = message.name('role');
    const amongResults = this.#amongResults;
    this.#amongResults = role === 'tool';
    if (role === 'system') this.#readSystem(message);
    else if (role === 'user') this.#push({ role, blocks: readParts(message, readUserPart) });
    else if (role === 'assistant') this.#readAssistant(message);
    else if (role === 'tool') this.#readResult(message, amongResults);
    else message.refuse('role', "must be 'system', 'user', 'assistant' or 'tool'");
    for (const [name, value] of Object.entries(message.rest())) this.unknown.set(`messages.${name}`, value);
  }

  /** Documents belong to the question: in front of what the user said last; false when there is no user. */
  place(documents: readonly Block[]): boolean {
    const at = this.turns.findLastIndex(({ role, blocks }) => role === 'user' && blocks.some(isOwnWord));
    const turn = this.turns[at];
    if (turn === undefined) return documents.length === 0;
    this.turns[at] = { ...turn, blocks: [...documents, ...turn.blocks] };
    return true;
  }

  /** In front of the conversation they are instructions; later their place means something. */
  #readSystem(message: Members): void {
    const blocks = readParts(message, readUserPart);
    if (this.turns.length > 0) this.#push({ role: 'system', blocks });
    else {
      for (const block of blocks) {
        if (block.type === 'text') this.instructions.push({ role: 'system', text: block.text });
      }
    }
  }

  #readAssistant(message: Members): void {
    const blocks = readAssistant(message);
    for (const block of blocks) if (block.type === 'tool_call') this.#called.set(block.id, block.name);
    this.#push({ role: 'assistant', blocks });
  }

  #push(turn: Turn): void {
    if (turn.blocks.length > 0) this.turns.push(turn);
  }

  #readResult(message: Members, amongResults: boolean): void {
    const callId = message.name('tool_call_id');
    const block: ToolResultBlock = {
      type: 'tool_result',
      callId,
      ...present({ name: this.#called.get(callId) }),
      content: [],
    };
    const result = readResultContent(message, block);
    const last = amongResults ? this.turns.pop() : undefined;
    this.turns.push({ role: 'user', blocks: [...(last?.blocks ?? []), result] });
  }
}

function isOwnWord({ type }: Block): boolean {
  return type !== 'tool_result';
}
