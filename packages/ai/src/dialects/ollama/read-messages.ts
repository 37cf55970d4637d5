import type { Block, Instruction, MediaBlock, ToolCallBlock, Turn } from '../../canonical/chat-request.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { readDataUrl } from '../../canonical/media-source.ts';
import { asText } from '../../loose-json.ts';
import type { Members } from '../chat-shaped/members.ts';
import { present } from '../chat-shaped/present.ts';
import { writeArguments } from '../openai-chat/read-assistant.ts';
import { CallIds } from './call-ids.ts';

export interface Conversation {
  readonly instructions: readonly Instruction[];
  readonly turns: readonly Turn[];
  /** Members of messages that nobody knows, by their names in the request. */
  readonly unknown: JsonFields;
}

export function readMessages(request: Members): Conversation {
  const reader = new MessageReader();
  for (const message of request.each('messages')) reader.read(message);
  const { instructions, turns, unknown } = reader;
  if (instructions.length + turns.length === 0) request.refuse('messages', 'must hold a message that says something');
  return { instructions, turns, unknown: Object.fromEntries(unknown) };
}

class MessageReader {
  readonly instructions: Instruction[] = [];
  readonly turns: Turn[] = [];
  readonly unknown = new Map<string, JsonFields[string]>();
  readonly #ids = new CallIds();
  #amongResults = false;

  read(message: Members): void {
    const role = message.name('role');
    const amongResults = this.#amongResults;
    this.#amongResults = role === 'tool';
    const text = message.text('content') ?? '';
    if (role === 'tool') this.#readResult(message, { text, amongResults });
    else if (role === 'system' && this.turns.length === 0) {
      if (text !== '') this.instructions.push({ role, text });
    } else if (role === 'user' || role === 'assistant' || role === 'system') {
      this.#push({ role, blocks: this.#blocksOf(message, text) });
    } else message.refuse('role', "must be 'system', 'user', 'assistant' or 'tool'");
    for (const [name, value] of Object.entries(message.rest())) this.unknown.set(`messages.${name}`, value);
  }

  #push(turn: Turn): void {
    if (turn.blocks.length > 0) this.turns.push(turn);
  }

  #blocksOf(message: Members, text: string): Block[] {
    const thinking = message.text('thinking') ?? '';
    return [
      ...(thinking === '' ? [] : [{ type: 'reasoning', text: thinking } as const]),
      ...(text === '' ? [] : [{ type: 'text', text } as const]),
      ...readImages(message),
      ...message.each('tool_calls').map((call) => this.#readCall(call)),
    ];
  }

  #readCall(call: Members): ToolCallBlock {
    call.value('type');
    const body = call.inside('function') ?? call.refuse('function', 'must be an object');
    body.value('index');
    const name = body.name('name');
    const id = this.#ids.ofCall(asText(call.value('id')), name);
    return { type: 'tool_call', id, name, input: writeArguments(body.value('arguments')) };
  }

  #readResult(
    message: Members,
    { text, amongResults }: { readonly text: string; readonly amongResults: boolean },
  ): void {
    const old = message.text('name');
    const { id: callId, name } = this.#ids.ofResult(
      asText(message.value('tool_call_id')),
      asText(message.value('tool_name')) ?? old,
    );
    const said = text === '' ? [] : [{ type: 'text', text } as const];
    const content = [...said, ...readImages(message)];
    const result: Block = { type: 'tool_result', callId, ...present({ name }), content };
    const last = amongResults ? this.turns.pop() : undefined;
    this.turns.push({ role: 'user', blocks: [...(last?.blocks ?? []), result] });
  }
}

/** Base64, or a `data:` URL as some clients write it; what kind of image it is, its bytes say. */
function readImages(message: Members): MediaBlock[] {
  return (message.list('images') ?? []).map((image, at) => {
    if (typeof image !== 'string' || image === '') return message.refuse(`images[${at}]`, 'must be base64');
    const inside = /^\s*data:/i.test(image.slice(0, 64)) ? readDataUrl(image) : undefined;
    const source = { via: 'base64', data: inside?.data ?? image } as const;
    return { type: 'media', kind: 'image', ...present({ mime: inside?.mime }), source };
  });
}
