import type { Effort, ReasoningWish } from '../../canonical/chat-request.ts';
import { budgetOf, effortOf, nearestEffort } from '../../canonical/effort.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { WriteContext } from './write-context.ts';

/** How the vendor is asked to think, in its own words. */
export function writeReasoning(context: WriteContext): JsonFields {
  const { request, rules, losses } = context;
  const wish = request.reasoning;
  if (wish === undefined) return {};
  if (rules.templateSwitch !== undefined) return templateMembers(wish, rules.templateSwitch, losses);
  switch (rules.reasoningIn ?? 'reasoning_effort') {
    case 'reasoning_effort':
      return effortMember(wish, context);
    case 'reasoning':
      return { reasoning: openRouterMembers(wish, context) };
    case 'thinking':
      if (isGraded(wish)) losses.add('clamped', 'reasoning');
      return { thinking: { type: wish.mode === 'off' ? 'disabled' : 'enabled' } };
    case 'enable_thinking':
      return qwenMembers(wish, context);
    case 'none':
      losses.add('dropped', 'reasoning');
      break;
  }
  return {};
}

/** A wish for a certain amount, which a mere switch cannot tell. */
function isGraded(wish: ReasoningWish): boolean {
  return wish.mode === 'effort' || wish.mode === 'budget';
}

function templateMembers(wish: ReasoningWish, name: string, losses: WriteContext['losses']): JsonFields {
  if (isGraded(wish)) losses.add('clamped', 'reasoning');
  return { chat_template_kwargs: { [name]: wish.mode !== 'off' } };
}

function effortMember(wish: ReasoningWish, context: WriteContext): JsonFields {
  if (wish.mode === 'budget') context.losses.add('emulated', 'reasoning');
  const effort = knownEffort(wish, context);
  return effort === undefined ? {} : { reasoning_effort: effort };
}

function knownEffort(wish: ReasoningWish, { rules, losses }: WriteContext): Effort | undefined {
  const wanted = effortOf(wish);
  if (wanted === undefined) return undefined;
  const effort = nearestEffort(wanted, rules.efforts ?? ALL);
  if (effort !== wanted) losses.add('clamped', 'reasoning');
  return effort;
}

const ALL: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

function openRouterMembers(wish: ReasoningWish, context: WriteContext): JsonFields {
  const exclude = wish.expose === 'none' && { exclude: true };
  if (wish.mode === 'off') return { enabled: false, ...exclude };
  if (wish.mode === 'budget' && wish.budgetTokens !== undefined) return { max_tokens: wish.budgetTokens, ...exclude };
  const effort = knownEffort(wish, context);
  return { ...(effort === undefined ? { enabled: true } : { effort }), ...exclude };
}

function qwenMembers(wish: ReasoningWish, { request, target }: WriteContext): JsonFields {
  if (wish.mode === 'off') return { enable_thinking: false };
  const budget = budgetOf(wish, request.maxOutputTokens ?? target.maxOutputTokens ?? TOKENS_LIKELY);
  return { enable_thinking: budget !== 0, ...(budget !== undefined && budget > 0 && { thinking_budget: budget }) };
}

/** Where neither the caller nor the catalogue says how long an answer may be. */
const TOKENS_LIKELY = 32_768;
