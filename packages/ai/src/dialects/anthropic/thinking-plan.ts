import type { ChatRequest, Effort, ReasoningWish } from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';
import { budgetOf, effortOf, nearestEffort } from '../../canonical/effort.ts';
import { isJsonFields, type JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import type { ModelRules } from './model-rules.ts';
import { isReplayable } from './replayable.ts';

/** How a call says what it wishes of thinking, and the limit of output that goes with it. */
export interface ThinkingPlan {
  readonly thinking?: JsonFields;
  readonly effort?: Effort;
  readonly maxTokens: number;
  /** `manual`: with a budget, which forbids more than `adaptive` does; `unsaid` leaves it to the model. */
  readonly state: 'unsaid' | 'off' | 'adaptive' | 'manual';
}

interface Case {
  readonly request: ChatRequest;
  readonly target: Target;
  readonly rules: ModelRules;
  readonly losses: Losses;
}

export function planThinking(of: Case): ThinkingPlan {
  const { request, rules, losses } = of;
  const maxTokens = limitOf(of);
  const wish = request.reasoning;
  if (wish === undefined) return { maxTokens, state: 'unsaid' };
  if (effortOf(wish) === 'none') return { ...forbidden(wish, of), maxTokens };
  // An effort alone is a wish of its own in this dialect; in others it asks for thinking.
  const effortAlone = request.dialect === 'anthropic' && wish.mode === 'effort';
  const effort = fitEffort(wish, of);
  if (effortAlone && rules.efforts.length > 0) return { ...effort, maxTokens, state: 'unsaid' };
  if (effortAlone || !(rules.budgets || rules.adaptive)) {
    losses.add('dropped', 'reasoning');
    return { maxTokens, state: 'unsaid' };
  }
  if (rules.budgets && (wish.mode === 'budget' || !rules.adaptive)) {
    return { ...(request.dialect === 'anthropic' && effort), ...withBudget(wish, maxTokens, of) };
  }
  if (wish.mode === 'budget') losses.add('emulated', 'reasoning');
  return { thinking: { type: 'adaptive', ...displayOf(wish) }, ...effort, maxTokens, state: 'adaptive' };
}

/** The dialect has no call without a limit. */
function limitOf({ request, target, rules, losses }: Case): number {
  const most = target.maxOutputTokens ?? rules.outputTokensMax;
  const wanted = request.maxOutputTokens ?? most ?? LIMIT_DEFAULT;
  if (most === undefined || wanted <= most) return wanted;
  losses.add('clamped', 'max_tokens');
  return most;
}

const LIMIT_DEFAULT = 4096;
const BUDGET_MIN = 1024;
/** Of a model that cannot decide by itself, for a caller who leaves it to the model. */
const BUDGET_DEFAULT = 8192;

type Said = Pick<ThinkingPlan, 'thinking' | 'effort' | 'state'>;

function forbidden(wish: ReasoningWish, of: Case): Said {
  const { rules, losses } = of;
  if (!rules.budgets && !rules.adaptive) return { state: 'off' };
  const between = isBetweenTools(of.request);
  const { effort } = wish.effort === undefined || wish.effort === 'none' ? {} : fitEffort(wish, of);
  const kept = effort !== undefined && { effort };
  switch (rules.thinkingOff) {
    case 'disabled':
      if (between) losses.add('clamped', 'reasoning');
      return { thinking: { type: 'disabled' }, ...kept, state: 'off' };
    case 'not_when_high':
      if (between || effort === 'xhigh' || effort === 'max') losses.add('clamped', 'reasoning');
      return {
        thinking: { type: 'disabled' },
        ...(effort === 'xhigh' || effort === 'max' ? ({ effort: 'high' } as const) : kept),
        state: 'off',
      };
    case 'between_tools':
      if (!between) losses.add('clamped', 'reasoning');
      return { thinking: { type: 'between_tools' }, ...kept, state: 'off' };
    case 'never':
      break;
  }
  losses.add('clamped', 'reasoning');
  return { effort: 'low', state: 'unsaid' };
}

function isBetweenTools({ ext }: ChatRequest): boolean {
  const thinking = ext.anthropic?.['thinking'];
  return isJsonFields(thinking) && thinking['type'] === 'between_tools';
}

function fitEffort(wish: ReasoningWish, { rules, losses }: Case): Pick<ThinkingPlan, 'effort'> {
  const wanted = wish.effort ?? effortOf(wish);
  if (wanted === undefined || rules.efforts.length === 0) return {};
  const effort = nearestEffort(wanted, rules.efforts);
  if (effort !== wanted && wanted !== 'minimal') losses.add('clamped', 'reasoning');
  return { effort };
}

/** The budget is part of the limit, which grows for it as far as the model goes. */
function withBudget(wish: ReasoningWish, limit: number, of: Case): ThinkingPlan {
  const { request, target, rules, losses } = of;
  const most = target.maxOutputTokens ?? rules.outputTokensMax ?? Infinity;
  const asked = budgetOf(wish, limit);
  if (asked === undefined) losses.add('emulated', 'reasoning');
  const wanted = Math.max(BUDGET_MIN, asked ?? BUDGET_DEFAULT);
  const maxTokens = wanted < limit ? limit : Math.min(limit + wanted, most);
  const budget = wanted < maxTokens ? wanted : maxTokens - BUDGET_MIN;
  if (limit === 0 || budget < BUDGET_MIN || isLoopWithoutThinking(request, target)) {
    losses.add('dropped', 'reasoning');
    return { maxTokens: limit, ...(rules.adaptive && { thinking: { type: 'disabled' } }), state: 'off' };
  }
  if (maxTokens !== limit) losses.add('clamped', 'max_tokens');
  if (budget !== wanted) losses.add('clamped', 'reasoning');
  return { thinking: { type: 'enabled', budget_tokens: budget, ...displayOf(wish) }, maxTokens, state: 'manual' };
}

function displayOf({ expose }: ReasoningWish): JsonFields {
  if (expose === undefined) return {};
  return { display: expose === 'none' ? 'omitted' : 'summarized' };
}

/**
 * With a budget, the answer that called the tools whose results come now must begin with its thinking; what another
 * vendor thought does not count.
 */
function isLoopWithoutThinking({ turns }: ChatRequest, target: Target): boolean {
  const last = turns.at(-1);
  if (last?.blocks.some(({ type }) => type === 'tool_result') !== true) return false;
  const asked = turns.findLast(({ role }) => role === 'assistant');
  return asked?.blocks.some((block) => block.type === 'reasoning' && isReplayable(block, target)) !== true;
}
