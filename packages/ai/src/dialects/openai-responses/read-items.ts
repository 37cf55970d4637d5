import type { Block, Instruction, ToolCallBlock, Turn } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { asText } from '../../loose-json.ts';
import { fieldsOf, given, isList, stringOf } from './fields.ts';
import { keep, keptOf, OWN } from './own.ts';
import type { Proof } from './proof.ts';
import { readCall, readResult } from './read-calls.ts';
import { readParts } from './read-parts.ts';
import { readReasoning } from './read-reasoning.ts';
import type { Strays } from './strays.ts';
import { TurnBuilder } from './turn-builder.ts';

export interface InputRead {
  /** Messages that lead the input. */
  readonly instructions: readonly Instruction[];
  readonly turns: readonly Turn[];
  /** Ids of items that only the caller's vendor has. */
  readonly references: readonly string[];
}

export function readInput(input: Json | undefined, strays: Strays): InputRead {
  const reader = new InputReader(strays);
  if (typeof input === 'string') {
    reader.add({ type: 'message', role: 'user', content: input }, 'input');
  } else if (isList(input)) {
    for (const [at, item] of input.entries()) reader.addAny(item, `input[${at}]`);
  } else if (input !== undefined && input !== null) {
    throw new Untranslatable("'input' must be a string or an array.", 'input');
  }
  return reader.end();
}

class InputReader {
  readonly #strays: Strays;
  readonly #turns = new TurnBuilder();
  readonly #instructions: Instruction[] = [];
  readonly #references: string[] = [];
  #proof: Proof | undefined;

  constructor(strays: Strays) {
    this.#strays = strays;
  }

  addAny(value: Json, param: string): void {
    const item = typeof value === 'string' ? { role: 'user', content: value } : fieldsOf(value);
    if (item === undefined) throw new Untranslatable(`'${param}' must be an object.`, param);
    this.add(item, param);
  }

  add(item: JsonFields, param: string): void {
    // It belongs to the very next item or to none.
    const proof = this.#proof;
    this.#proof = undefined;
    switch (asText(item['type']) ?? 'message') {
      case 'message':
        return this.#message(item, param);
      case 'reasoning':
        return this.#reasoning(item);
      case 'function_call':
      case 'custom_tool_call': {
        const call = readCall(item, this.#strays);
        if (call === undefined) throw new Untranslatable(`'${param}' needs a call_id and a name.`, param);
        return this.#turns.add('assistant', proven(call, proof));
      }
      case 'function_call_output':
      case 'custom_tool_call_output': {
        const result = readResult(item, this.#strays);
        return result === undefined ? this.#opaque(item, param) : this.#turns.add('user', result);
      }
      case 'item_reference':
        this.#references.push(stringOf(item['id']) ?? '');
        return this.#opaque(item, param);
      default:
        return this.#opaque(item, param);
    }
  }

  end(): InputRead {
    return { instructions: this.#instructions, turns: this.#turns.end(), references: this.#references };
  }

  #message(item: JsonFields, param: string): void {
    const role = roleOf(item, param);
    const parts = readParts(item['content'], this.#strays);
    const phase = given({ phase: asText(item['phase']) });
    const rest = this.#strays.rest('input', item, MESSAGE) ?? {};
    const instructs = role === 'system' || role === 'developer';
    if (instructs && this.#turns.isEmpty && parts.every((part) => part.type === 'text')) {
      for (const part of parts) {
        const instruction: Instruction = given({ role, text: part.text, cache: part.cache });
        this.#instructions.push(keep(instruction, { item: { ...rest, ...keptOf(part) } }));
      }
      return;
    }
    if (parts.length === 0) return;
    const blocks = parts.map((part): Block => {
      if (part.type !== 'unread') return part;
      // A message of its own keeps the part in its place, and what other dialects drop is then an item.
      return { type: 'opaque', dialect: OWN, data: { ...rest, ...phase, type: 'message', role, content: [part.part] } };
    });
    const [first] = blocks;
    if (first !== undefined) keep(first, { ...keptOf(first), message: rest });
    this.#turns.message({ role, blocks, ...phase });
  }

  #reasoning(item: JsonFields): void {
    const read = readReasoning(item);
    if ('place' in read) {
      if (read.place === 'next_call') this.#proof = read;
      else this.#turns.prove(read);
      return;
    }
    const rest = this.#strays.rest('input', item, REASONING);
    // What this gate made of another dialect's reasoning has an id that means nothing, and is not to be put back.
    const own = asText(item['encrypted_content']) === undefined || read.some(isOwnProof);
    for (const [at, block] of read.entries()) {
      this.#turns.add('assistant', own && at === 0 && block.type === 'reasoning' ? keep(block, rest) : block);
    }
  }

  #opaque(item: JsonFields, param: string): void {
    const type = asText(item['type']);
    if (type === undefined) throw new Untranslatable(`'${param}.type' must be a string.`, param);
    this.#turns.add(ANSWERS.test(type) ? 'user' : 'assistant', { type: 'opaque', dialect: OWN, data: item });
  }
}

const MESSAGE = {
  known: new Set(['type', 'role', 'content', 'phase']),
  quiet: new Set(['id', 'status', 'created_by']),
};
/** The parts as they were, for the way back: blocks do not tell a summary from content. */
const REASONING = {
  known: new Set(['type', 'id', 'encrypted_content']),
  quiet: new Set(['summary', 'content', 'status', 'created_by']),
};
/** Items that come from the caller's side. */
const ANSWERS = /_(?:output|response|trigger|update|tools)$/;

function isOwnProof(block: Block): boolean {
  return block.type === 'reasoning' && (block.signature ?? block.redacted)?.dialect === OWN;
}

function proven(call: ToolCallBlock, proof: Proof | undefined): ToolCallBlock {
  return proof === undefined ? call : keep({ ...call, signature: proof.signature }, keptOf(call));
}

type Role = Turn['role'];
const ROLES: ReadonlyMap<Json | undefined, Role> = new Map(
  (['user', 'assistant', 'system', 'developer'] as const).map((role) => [role, role]),
);

function roleOf(item: JsonFields, param: string): Role {
  const role = ROLES.get(item['role']);
  if (role === undefined) {
    throw new Untranslatable(`'${param}.role' must be user, assistant, system or developer.`, `${param}.role`);
  }
  return role;
}
