import type {
  Block,
  ChatRequest,
  MediaBlock,
  OpaqueBlock,
  TextBlock,
  ToolResultBlock,
  Turn,
} from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';
import { Untranslatable, type Losses } from '../../canonical/loss.ts';
import { dropEmptyText, mergeRoles, pairToolResults, systemTurnsAsUser } from '../../canonical/shape-turns.ts';
import { modelRules } from './model-rules.ts';
import { isReplayable } from './replayable.ts';

/** The turns of a call as the API takes them: what it has no block for is gone, and the order is the one it wants. */
export function shapeMessages(request: ChatRequest, target: Target, losses: Losses): Turn[] {
  const paired = pairToolResults(request.turns, losses);
  const fitted = paired.map((turn) => fitTurn(turn, target, losses));
  const merged = mergeRoles(dropEmptyText(fitted));
  const turns = mergeRoles(placeSystem(merged, target, losses)).map(callsLast);
  if (turns[0]?.role === 'assistant') {
    losses.add('emulated', 'messages');
    turns.unshift({ role: 'user', blocks: [{ type: 'text', text: '(empty)' }] });
  }
  if (!turns.some(({ role }) => role === 'user')) {
    throw new Untranslatable('This model needs a message of the user.', 'messages');
  }
  checkEnd(turns, target);
  return turns;
}

function fitTurn(turn: Turn, target: Target, losses: Losses): Turn {
  const { name, phase, blocks, ...rest } = turn;
  const { role } = turn;
  if (name !== undefined) losses.add('dropped', 'name');
  if (phase !== undefined) losses.add('dropped', 'phase');
  return { ...rest, blocks: blocks.flatMap((block) => fitBlock(block, { role, target, losses }) ?? []) };
}

interface Place {
  readonly role: Turn['role'];
  readonly target: Target;
  readonly losses: Losses;
}

function fitBlock(block: Block, place: Place): Block | undefined {
  const { losses } = place;
  switch (block.type) {
    case 'text':
      return fitText(block, losses);
    case 'refusal':
      return { type: 'text', text: block.text };
    case 'media':
      return fitMedia(block, place);
    case 'reasoning':
      if (isReplayable(block, place.target)) return block;
      losses.add('dropped', 'reasoning');
      return undefined;
    case 'tool_call':
      if (block.signature !== undefined) losses.add('dropped', 'reasoning_signature');
      return block;
    case 'tool_result':
      return fitResult(block, place);
    case 'opaque':
      break;
  }
  if (block.dialect === 'anthropic') return block;
  losses.add('dropped', opaqueName(block));
  return undefined;
}

/** Of a block that somebody else made up. */
function opaqueName({ data }: OpaqueBlock): string {
  const { type } = data;
  return typeof type === 'string' && /^[\w.-]{1,64}$/.test(type) ? type : 'messages';
}

function fitText(block: TextBlock, losses: Losses): TextBlock {
  const { signature, citations = [], ...rest } = block;
  if (signature !== undefined) losses.add('dropped', 'reasoning_signature');
  const own = citations.filter(({ raw }) => raw?.dialect === 'anthropic');
  if (own.length < citations.length) losses.add('dropped', 'citations');
  return { ...rest, ...(own.length > 0 && { citations: own }) };
}

/** The model's own pictures are shown to it by no API of this dialect. */
function fitMedia(block: MediaBlock, { role, losses }: Place): MediaBlock | undefined {
  const taken = block.kind === 'document' || (block.kind === 'image' && role !== 'assistant');
  if (!taken) losses.add('dropped', block.kind);
  return taken ? block : undefined;
}

function fitResult(block: ToolResultBlock, place: Place): ToolResultBlock {
  const content = block.content.flatMap((part) => {
    return (part.type === 'text' ? fitText(part, place.losses) : fitMedia(part, place)) ?? [];
  });
  return { ...block, content };
}

/** A message of the system stands behind one of the user's and before one of the assistant's or the end. */
function placeSystem(turns: readonly Turn[], target: Target, losses: Losses): Turn[] {
  const systemTurns = modelRules(target.model).systemTurns && !WITHOUT_SYSTEM_TURNS.test(target.rules.kind);
  return turns.flatMap((turn, at): Turn[] => {
    if (turn.role === 'user' || turn.role === 'assistant') return [turn];
    const next = turns[at + 1]?.role ?? 'assistant';
    if (!systemTurns || turns[at - 1]?.role !== 'user' || next !== 'assistant')
      return systemTurnsAsUser([turn], losses);
    return [{ ...turn, role: 'system', blocks: turn.blocks.filter(({ type }) => type === 'text') }];
  });
}

/** Clouds that serve Claude without what Anthropic itself has. */
const WITHOUT_SYSTEM_TURNS = /^(?:vertex|bedrock|azure)/;

/** Calls go behind the text of their turn, but never across thinking, whose place counts, or what we cannot judge. */
function callsLast(turn: Turn): Turn {
  if (turn.role !== 'assistant') return turn;
  const ordered: Block[] = [];
  const calls: Block[] = [];
  for (const block of turn.blocks) {
    if (block.type === 'tool_call') calls.push(block);
    else {
      if (block.type === 'reasoning' || block.type === 'opaque') ordered.push(...calls.splice(0));
      ordered.push(block);
    }
  }
  return { ...turn, blocks: [...ordered, ...calls] };
}

/** An answer to be continued. One that paused in the middle of Anthropic's own tools may always be. */
function checkEnd(turns: readonly Turn[], target: Target): void {
  const last = turns.at(-1);
  if (last?.role !== 'assistant' || last.blocks.some(({ type }) => type === 'opaque')) return;
  const called = last.blocks.some(({ type }) => type === 'tool_call');
  if (called || !modelRules(target.model).prefill) {
    throw new Untranslatable(
      'This model cannot continue a message of the assistant: end with one of the user.',
      'messages',
    );
  }
}
