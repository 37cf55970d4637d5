import type { Block, Instruction, TextBlock, ToolResultBlock, Turn } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { mediaOutOfResults, mergeRoles, pairToolResults, systemTurnsAsUser } from '../../canonical/shape-turns.ts';
import { present } from '../chat-shaped/present.ts';
import { writeAssistant } from './write-assistant.ts';
import { contentOf, plainText, writeContent, writeText } from './write-content.ts';
import { nameOf, type WriteContext } from './write-context.ts';

/** `schemaText`: what the instructions must say in addition. */
export function writeMessages(context: WriteContext, schemaText?: string): JsonFields[] {
  const { request, losses } = context;
  const paired = mediaOutOfResults(pairToolResults(request.turns, losses), losses);
  const turns = context.rules.strictTurns === true ? mergeRoles(systemTurnsAsUser(paired, losses)) : paired;
  if (isBegun(turns.at(-1))) losses.add('dropped', 'prefill');
  const extra: Instruction[] = schemaText === undefined ? [] : [{ role: 'system', text: schemaText }];
  return [
    ...writeInstructions([...request.instructions, ...extra], context),
    ...turns.flatMap((turn) => writeTurn(turn, context)),
  ];
}

/** An answer that the caller has begun and the model is to go on with: without a vendor's own mark, it will not. */
function isBegun(last: Turn | undefined): boolean {
  return last?.role === 'assistant' && !last.blocks.some(({ type }) => type === 'tool_call' || type === 'opaque');
}

function writeInstructions(instructions: readonly Instruction[], context: WriteContext): JsonFields[] {
  const { rules, marks } = context;
  const said = instructions.filter(({ text }) => text !== '');
  const messages = said.map(({ text, cache }) => {
    const part = { type: 'text', text, ...marks.members(cache) };
    return { role: roleOf(context), part };
  });
  if (rules.strictTurns !== true || messages.length < 2) {
    return messages.map(({ role, part }) => ({ role, content: contentOf([part], context) ?? '' }));
  }
  const parts = messages.map(({ part }) => part);
  const plain = parts.every((part) => Object.keys(part).length === 2);
  const content = plain ? parts.map(({ text }) => text).join('\n\n') : parts;
  return [{ role: messages[0]?.role ?? 'system', content }];
}

/** Every vendor knows `system`, and few know `developer` (reference T40). */
function roleOf({ rules }: WriteContext): string {
  return rules.instructionRole ?? 'system';
}

function writeTurn(turn: Turn, context: WriteContext): JsonFields[] {
  if (turn.phase !== undefined) context.losses.add('dropped', 'phase');
  switch (turn.role) {
    case 'assistant':
      return writeAssistant(turn, context);
    case 'user':
      return writeUser(turn, context);
    case 'system':
    case 'developer':
      break;
  }
  const content = writeContent(turn.blocks, context);
  const role = roleOf(context);
  return content === undefined ? [] : [{ role, ...nameOf(turn, context), content }];
}

function writeUser(turn: Turn, context: WriteContext): JsonFields[] {
  const results = turn.blocks.filter((block) => block.type === 'tool_result');
  const content = writeContent(turn.blocks, context);
  return [
    ...results.map((result) => writeResult(result, context)),
    ...(content === undefined ? [] : [{ role: 'user', ...nameOf(turn, context), content }]),
  ];
}

/** Media have left the results before. */
function writeResult(result: ToolResultBlock, context: WriteContext): JsonFields {
  const { losses, ids, marks } = context;
  const texts = result.content.filter((block: Block): block is TextBlock => block.type === 'text');
  const marked = withMark(withError(texts, result, losses), result);
  if (marked === texts && result.cache !== undefined) marks.lose(result.cache);
  const parts = marked.map((text) => writeText(text, context)).filter((part) => part !== undefined);
  return { role: 'tool', tool_call_id: ids.toWire(result.callId), content: resultContent(parts, context) };
}

/** Few vendors take results in parts; those who spoke this dialect know to whom they speak. */
function resultContent(parts: readonly JsonFields[], context: WriteContext): Json {
  const texts = parts.map(plainText).filter((text) => text !== undefined);
  const plain = texts.length === parts.length && context.request.dialect !== 'openai-chat';
  return plain ? texts.join('\n') : (contentOf(parts, context) ?? '');
}

function withError(
  texts: readonly TextBlock[],
  { isError }: ToolResultBlock,
  losses: WriteContext['losses'],
): readonly TextBlock[] {
  if (isError !== true) return texts;
  losses.add('emulated', 'is_error');
  const [first, ...others] = texts;
  return first === undefined
    ? [{ type: 'text', text: 'Error' }]
    : [{ ...first, text: `Error: ${first.text}` }, ...others];
}

/** A mark on the result is one on its last text. */
function withMark(texts: readonly TextBlock[], { cache }: ToolResultBlock): readonly TextBlock[] {
  const last = texts.at(-1);
  return cache === undefined || last === undefined
    ? texts
    : [...texts.slice(0, -1), { ...last, ...present({ cache }) }];
}
