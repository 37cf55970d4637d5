import type { Block, TextBlock, ToolResultBlock, Turn } from './chat-request.ts';
import type { Losses } from './loss.ts';
import { ResultMatch } from './result-match.ts';

/**
 * Every tool call has its result and every result its call (reference §3.2 and T12): results move to the first user turn
 * behind their calls, in the order of the calls, in front of what else that turn says; a call without a result gets an
 * error result `no result provided` (`emulated:tool_result`); a result without a call is refused, naming `messages`.
 * The calls of the last assistant turn may still be open when no turn follows.
 */
export function pairToolResults(turns: readonly Turn[], losses: Losses): Turn[] {
  const match = new ResultMatch(turns);
  const due: ToolResultBlock[] = [];
  const paired: Turn[] = [];
  const lastUserAt = turns.findLastIndex(({ role }) => role === 'user');
  for (const [at, turn] of turns.entries()) {
    const own = turn.blocks.filter((block) => block.type !== 'tool_result');
    const results = turn.role === 'user' ? due.splice(0) : [];
    const kept = results.length === 0 && own.length === turn.blocks.length;
    if (kept) paired.push(turn);
    else if (results.length + own.length > 0) paired.push({ ...turn, blocks: [...results, ...own] });
    if (at === turns.length - 1) break;
    for (const result of match.resultsOf(turn, losses)) due.push(result);
    // Where no user turn follows, the results make one.
    if (due.length > 0 && at >= lastUserAt) {
      paired.push({ role: 'user', blocks: due.splice(0) });
    }
  }
  return paired;
}

/** Neighbours of the same role become one turn (names and phases of the first stay); tool results come first in it. */
export function mergeRoles(turns: readonly Turn[]): Turn[] {
  const runs: Turn[][] = [];
  for (const turn of turns) {
    const run = runs.at(-1);
    if (run?.[0]?.role === turn.role) run.push(turn);
    else runs.push([turn]);
  }
  return runs.flatMap(([first, ...others]) => {
    if (first === undefined) return [];
    const blocks = [first, ...others].flatMap((turn) => turn.blocks);
    return [{ ...first, blocks: first.role === 'user' ? resultsFirst(blocks) : blocks }];
  });
}

function resultsFirst(blocks: readonly Block[]): readonly Block[] {
  const results = blocks.filter(({ type }) => type === 'tool_result');
  return results.length === 0 ? blocks : [...results, ...blocks.filter(({ type }) => type !== 'tool_result')];
}

/** Blocks of text that are empty or blank go, signed ones stay; a turn that is left without blocks goes too. */
export function dropEmptyText(turns: readonly Turn[]): Turn[] {
  return turns
    .map((turn) => ({ ...turn, blocks: turn.blocks.filter(saysSomething).map(withoutEmptyText) }))
    .filter(({ blocks }) => blocks.length > 0);
}

function saysSomething(block: Block): boolean {
  return block.type !== 'text' || block.signature !== undefined || /\S/.test(block.text);
}

/** A result may say nothing at all, but no block in it may. */
function withoutEmptyText(block: Block): Block {
  if (block.type !== 'tool_result' || block.content.every(saysSomething)) return block;
  return { ...block, content: block.content.filter(saysSomething) };
}

/**
 * System and developer turns that stand between others become user text in a marker that says what they are
 * (`emulated:system_message`), for dialects that know instructions only in front.
 */
export function systemTurnsAsUser(turns: readonly Turn[], losses: Losses): Turn[] {
  return turns.map((turn): Turn => {
    const { role } = turn;
    if (role === 'user' || role === 'assistant') return turn;
    losses.add('emulated', 'system_message');
    const blocks = turn.blocks.map((block): Block => {
      if (block.type !== 'text') return block;
      return { ...block, text: `<${role}-message>\n${block.text}\n</${role}-message>` };
    });
    return { ...turn, role: 'user', blocks };
  });
}

/**
 * Media in tool results move into a user turn behind the results, with a marker in their place
 * (`emulated:tool_result_media`), for dialects whose results are text only (T13).
 */
export function mediaOutOfResults(turns: readonly Turn[], losses: Losses): Turn[] {
  const moved: MediaMove = { count: 0, waiting: [] };
  const shaped: Turn[] = [];
  for (const [at, turn] of turns.entries()) {
    const blocks = turn.blocks.map((block) => (block.type === 'tool_result' ? withMarkers(block, moved) : block));
    shaped.push({ ...turn, blocks });
    // Results that stand in several turns belong together: what came with them stands behind the last.
    if (moved.waiting.length > 0 && !holdsResults(turns[at + 1])) {
      shaped.push({ role: 'user', blocks: moved.waiting.splice(0) });
      losses.add('emulated', 'tool_result_media');
    }
  }
  return shaped;
}

interface MediaMove {
  count: number;
  readonly waiting: Block[];
}

function withMarkers(result: ToolResultBlock, moved: MediaMove): ToolResultBlock {
  if (!result.content.some(({ type }) => type === 'media')) return result;
  const of = result.name ?? result.callId;
  const content = result.content.map((part): TextBlock => {
    if (part.type === 'text') return part;
    moved.count++;
    moved.waiting.push({ type: 'text', text: `[${part.kind} ${moved.count}, from the result of ${of}]` }, part);
    return { type: 'text', text: `[${part.kind} ${moved.count}: shown behind the results]` };
  });
  return { ...result, content };
}

function holdsResults(turn: Turn | undefined): boolean {
  return turn?.role === 'user' && turn.blocks.some(({ type }) => type === 'tool_result');
}
