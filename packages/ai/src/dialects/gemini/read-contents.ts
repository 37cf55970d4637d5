import type {
  Block,
  MediaBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
  Turn,
} from '../../canonical/chat-request.ts';
import { restOf } from '../../canonical/collect-ext.ts';
import { isJsonFields, type JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { openProof } from '../../canonical/unsigned.ts';
import { CallIds } from './call-ids.ts';
import { fieldsAt, listAt, textAt } from './camel-fields.ts';
import { joinModelBlocks } from './join-model-blocks.ts';
import type { NativeMembers } from './natives.ts';
import { readMedia, readPlainPart, readSignature } from './read-part.ts';

/** The conversation. Refuses one that says nothing, as Google does. */
export function readContents(body: JsonFields, natives: NativeMembers): readonly Turn[] {
  const reader = new ContentsReader(natives);
  for (const [at, content] of listAt(body, 'contents').entries()) reader.read(content, `contents[${at}]`);
  if (reader.empty) throw new Untranslatable('contents is missing.', 'contents');
  return reader.turns();
}

type Role = 'user' | 'assistant';

interface OpenTurn {
  readonly role: Role;
  readonly blocks: Block[];
}

class ContentsReader {
  readonly #natives: NativeMembers;
  readonly #ids = new CallIds();
  readonly #turns: OpenTurn[] = [];
  empty = true;

  constructor(natives: NativeMembers) {
    this.#natives = natives;
  }

  read(content: JsonFields, where: string): void {
    const role = readRole(content, where);
    // The SDK's chats replay a streamed answer as one content for each of its chunks.
    if (role === 'user' || this.#turns.at(-1)?.role === 'user') this.#turns.push({ role, blocks: [] });
    for (const [at, part] of listAt(content, 'parts', `${where}.parts`).entries()) {
      this.empty = false;
      this.#add(role, this.#readPart(part, `${where}.parts[${at}]`));
    }
  }

  turns(): readonly Turn[] {
    return this.#turns
      .map(({ role, blocks }): Turn => ({ role, blocks: role === 'user' ? blocks : joinModelBlocks(blocks) }))
      .filter(({ blocks }) => blocks.length > 0);
  }

  /** Calls are the model's and results the caller's, whatever role their content claims. */
  #add(claimed: Role, block: Block | undefined): void {
    if (block === undefined) return;
    const role = block.type === 'tool_call' ? 'assistant' : block.type === 'tool_result' ? 'user' : claimed;
    const last = this.#turns.at(-1);
    if (last?.role === role) last.blocks.push(block);
    else this.#turns.push({ role, blocks: [block] });
  }

  #readPart(part: JsonFields, where: string): Block | undefined {
    const call = fieldsAt(part, 'functionCall', `${where}.functionCall`);
    if (call !== undefined) return this.#readCall(part, call, where);
    const result = fieldsAt(part, 'functionResponse', `${where}.functionResponse`);
    if (result !== undefined) return this.#readResult(result, `${where}.functionResponse`);
    return readPlainPart(part, where, this.#natives);
  }

  #readCall(part: JsonFields, call: JsonFields, where: string): ToolCallBlock {
    const name = textAt(call, 'name', `${where}.functionCall.name`) ?? '';
    if (name === '') throw new Untranslatable(`${where}.functionCall.name is missing.`, `${where}.functionCall.name`);
    const id = textAt(call, 'id', `${where}.functionCall.id`);
    const signature = openProof(readSignature(part, where) ?? '', 'gemini');
    return {
      type: 'tool_call',
      id: this.#ids.ofCall(id === '' ? undefined : id, name),
      name,
      input: JSON.stringify(plainFields(call, 'args', `${where}.functionCall`) ?? {}),
      ...(signature !== undefined && { signature }),
      ...this.#natives.riding('functionCall', restOf(call, CALL_MEMBERS)),
    };
  }

  #readResult(result: JsonFields, at: string): ToolResultBlock {
    const name = textAt(result, 'name', `${at}.name`) ?? '';
    const id = textAt(result, 'id', `${at}.id`);
    const json = plainFields(result, 'response', at);
    const media = listAt(result, 'parts', `${at}.parts`).flatMap((part, index) =>
      readResultPart(part, `${at}.parts[${index}]`),
    );
    return {
      type: 'tool_result',
      callId: this.#ids.ofResult(id === '' ? undefined : id, name),
      ...(name !== '' && { name }),
      ...(saysError(json) && { isError: true }),
      content: [...resultText(json), ...media],
      ...(json !== undefined && { json }),
      ...this.#natives.riding('functionResponse', restOf(result, RESULT_MEMBERS)),
    };
  }
}

const CALL_MEMBERS: ReadonlySet<string> = new Set(['id', 'name', 'args']);
const RESULT_MEMBERS: ReadonlySet<string> = new Set(['id', 'name', 'response', 'parts']);

function readRole(content: JsonFields, where: string): Role {
  const role = textAt(content, 'role', `${where}.role`) ?? 'user';
  if (role === 'model') return 'assistant';
  if (role === 'user' || role === 'function' || role === 'tool' || role === '') return 'user';
  throw new Untranslatable(`${where}.role must be user or model.`, `${where}.role`);
}

/** As they are: their names are the tool's. */
function plainFields(parent: JsonFields, name: string, where: string): JsonFields | undefined {
  const value = parent[name];
  if (value === undefined || isJsonFields(value)) return value;
  throw new Untranslatable(`${where}.${name} must be an object.`, `${where}.${name}`);
}

function saysError(response: JsonFields | undefined): boolean {
  const error = response?.['error'] ?? '';
  return error !== '' && error !== false;
}

/** `output` and `error` wrap what a tool said; any other object is what it said. */
function resultText(response: JsonFields | undefined): readonly TextBlock[] {
  if (response === undefined) return [];
  const said = Object.entries(response);
  const [[name, value] = []] = said;
  const wrapped = said.length === 1 && (name === 'output' || name === 'error');
  const text = wrapped && typeof value === 'string' ? value : JSON.stringify(response);
  return text === '' ? [] : [{ type: 'text', text }];
}

function readResultPart(part: JsonFields, where: string): readonly (TextBlock | MediaBlock)[] {
  const media = readMedia(part, where);
  if (media !== undefined) return [{ type: 'media', ...media }];
  const text = textAt(part, 'text', `${where}.text`) ?? '';
  return text === '' ? [] : [{ type: 'text', text }];
}
