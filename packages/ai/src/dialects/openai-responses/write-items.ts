import type {
  Block,
  Instruction,
  MediaBlock,
  OpaqueBlock,
  RefusalBlock,
  TextBlock,
  ToolCallBlock,
  ToolResultBlock,
  Turn,
} from '../../canonical/chat-request.ts';
import type { Fields } from '../../loose-json.ts';
import { keptOf, OWN } from './own.ts';
import { fieldsOf, stringOf } from './fields.ts';
import { breakpoint, loseMark, type WriteContext } from './write-context.ts';
import { partRest, writeContent } from './write-parts.ts';
import { ReasoningRun } from './write-reasoning.ts';

/** An instruction that is no `instructions`. */
export function writeInstruction(instruction: Instruction, context: WriteContext): Fields {
  const { role, text, cache } = instruction;
  const mark = breakpoint(cache, context);
  const plain = Object.keys(mark).length === 0;
  const content = plain ? text : [{ type: 'input_text', text, ...mark }];
  return { type: 'message', role, content, ...fieldsOf(keptOf(instruction)?.['item']) };
}

export function writeItems(turns: readonly Turn[], context: WriteContext): readonly Fields[] {
  return turns.flatMap((turn) => new TurnItems(turn, context).write());
}

type Said = TextBlock | RefusalBlock | MediaBlock;

/** The items of one turn: what is said in a row is one message, unless it was read from several. */
class TurnItems {
  readonly #turn: Turn;
  readonly #context: WriteContext;
  readonly #items: Fields[] = [];
  readonly #reasoning: ReasoningRun;
  #said: Said[] = [];

  constructor(turn: Turn, context: WriteContext) {
    this.#turn = turn;
    this.#context = context;
    this.#reasoning = new ReasoningRun(context);
    if (turn.name !== undefined) context.losses.add('dropped', 'name');
  }

  write(): readonly Fields[] {
    for (const block of this.#turn.blocks) this.#add(block);
    this.#flush();
    return this.#items;
  }

  #add(block: Block): void {
    if (block.type === 'reasoning') {
      this.#flushSaid();
      this.#items.push(...this.#reasoning.add(block));
      return;
    }
    this.#items.push(...this.#reasoning.end());
    if (block.type === 'text' || block.type === 'refusal' || block.type === 'media') {
      if (keptOf(block)?.['message'] !== undefined) this.#flushSaid();
      this.#said.push(block);
      return;
    }
    this.#flushSaid();
    this.#items.push(...writeBlock(block, this.#context));
  }

  #flush(): void {
    this.#items.push(...this.#reasoning.end());
    this.#flushSaid();
  }

  #flushSaid(): void {
    const said = this.#said;
    this.#said = [];
    const content = this.#turn.role === 'assistant' ? this.#answer(said) : this.#input(said);
    if (content.length === 0) return;
    const { role, phase } = this.#turn;
    const [first] = said;
    this.#items.push({
      type: 'message',
      role,
      content,
      ...(phase !== undefined && role === 'assistant' && { phase }),
      ...(first !== undefined && fieldsOf(keptOf(first)?.['message'])),
    });
  }

  #input(said: readonly Said[]): string | readonly Fields[] {
    const blocks = said.map((block) =>
      block.type === 'refusal' ? { type: 'text' as const, text: block.text } : block,
    );
    return writeContent(blocks, this.#context);
  }

  #answer(said: readonly Said[]): string | readonly Fields[] {
    const parts = said.flatMap((block) => answerPart(block, this.#context));
    const [only] = parts;
    const plain = parts.length === 1 && only?.['type'] === 'output_text' && Object.keys(only).length === 3;
    const named = said.some((block) => fieldsOf(keptOf(block)?.['message'])?.['id'] !== undefined);
    const cited = said.some((block) => block.type === 'text' && block.citations !== undefined);
    const text = only?.['text'];
    return plain && !named && !cited && typeof text === 'string' ? text : parts;
  }
}

function answerPart(block: Said, context: WriteContext): readonly Fields[] {
  const { losses } = context;
  if (block.type === 'refusal') return [{ type: 'refusal', refusal: block.text }];
  loseMark(block.cache, context);
  if (block.type === 'media') {
    losses.add('dropped', block.kind);
    return [];
  }
  const { text, citations = [], signature } = block;
  if (signature !== undefined) losses.add('dropped', 'reasoning_signature');
  if (text === '') return [];
  const annotations = citations.flatMap(({ raw }) => (raw?.dialect === OWN ? [raw.data] : []));
  if (annotations.length < citations.length) losses.add('dropped', 'citations');
  return [{ type: 'output_text', text, annotations, ...partRest(block) }];
}

function writeBlock(block: ToolCallBlock | ToolResultBlock | OpaqueBlock, context: WriteContext): readonly Fields[] {
  if (block.type === 'tool_call') return [writeCall(block, context)];
  if (block.type === 'tool_result') return [writeResult(block, context)];
  loseMark(block.cache, context);
  if (block.dialect === OWN) return [block.data];
  const type = stringOf(block.data['type']) ?? '';
  context.losses.add('dropped', /^[\w.-]{1,64}$/.test(type) ? type : 'opaque');
  return [];
}

function writeCall(block: ToolCallBlock, context: WriteContext): Fields {
  const { losses, names, ids } = context;
  const { id, name, input, itemId, custom, signature } = block;
  if (signature !== undefined) losses.add('dropped', 'reasoning_signature');
  loseMark(block.cache, context);
  return {
    type: custom === true ? 'custom_tool_call' : 'function_call',
    ...(itemId !== undefined && { id: itemId }),
    call_id: ids.toWire(id),
    name: names.toWire(name),
    ...(custom === true ? { input } : { arguments: input === '' ? '{}' : input }),
    ...keptOf(block),
  };
}

function writeResult(block: ToolResultBlock, context: WriteContext): Fields {
  const custom = block.custom === true || context.customCalls.has(block.callId);
  return {
    type: custom ? 'custom_tool_call_output' : 'function_call_output',
    call_id: context.ids.toWire(block.callId),
    output: writeOutput(block, context),
    ...keptOf(block),
  };
}

function writeOutput(block: ToolResultBlock, context: WriteContext): string | readonly Fields[] {
  const { content, isError, cache } = block;
  const last = content.at(-1);
  const marked = last !== undefined && last.cache === undefined && cache !== undefined;
  if (!marked) loseMark(cache, context);
  const blocks = marked ? [...content.slice(0, -1), { ...last, cache }] : content;
  if (isError !== true) return writeContent(blocks, context);
  context.losses.add('emulated', 'is_error');
  const [first, ...others] = blocks;
  if (first?.type !== 'text') return writeContent([{ type: 'text', text: 'Error' }, ...blocks], context);
  return writeContent([{ ...first, text: `Error: ${first.text}` }, ...others], context);
}
