import type { ChatRequest, Effort, ReasoningWish, Turn } from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';
import { budgetOf, effortOf, nearestEffort } from '../../canonical/effort.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import type { ModelRules } from '../anthropic/model-rules.ts';
import type { ModelTraits } from './model-traits.ts';

/** How a wish for reasoning is said to one model, and what follows from it for the rest of the request. */
export interface ReasoningPlan {
  /** For `additionalModelRequestFields`. */
  readonly fields: JsonFields;
  /** For `outputConfig.effort`. */
  readonly effort?: string;
  /** The limit of output, raised by what thinking takes of it. */
  readonly maxTokens?: number;
  /** The model will think: Claude then refuses temperature, top_k and forced tools. */
  readonly thinks: boolean;
}

interface Asked {
  readonly request: ChatRequest;
  readonly target: Target;
  readonly turns: readonly Turn[];
  readonly losses: Losses;
}

export function planReasoning(asked: Asked, { reasoning, claude }: ModelTraits): ReasoningPlan {
  const wish = asked.request.reasoning;
  if (wish === undefined) return NOTHING;
  if (reasoning === 'claude' && claude !== undefined) return planClaude(wish, claude, asked);
  const effort = effortOf(wish);
  if (reasoning === undefined) {
    if (effort !== 'none') asked.losses.add('dropped', 'reasoning');
    return NOTHING;
  }
  return reasoning === 'nova' ? planNova(effort, asked) : planEffort(effort, asked.losses);
}

const NOTHING: ReasoningPlan = { fields: {}, thinks: false };
const THREE_EFFORTS: readonly Effort[] = ['low', 'medium', 'high'];

function planEffort(effort: Effort | undefined, losses: Losses): ReasoningPlan {
  if (effort === undefined) return NOTHING;
  const known = nearest(effort, THREE_EFFORTS, losses);
  return { fields: { reasoning_effort: known }, thinks: true };
}

/** Its highest effort stands no limit and no sampling beside it. */
function planNova(effort: Effort | undefined, { request, losses }: Asked): ReasoningPlan {
  if (effort === 'none') return NOTHING;
  const { temperature, topP } = request.sampling;
  const limited = request.maxOutputTokens !== undefined || temperature !== undefined || topP !== undefined;
  const known = nearest(effort ?? 'medium', limited ? ['low', 'medium'] : THREE_EFFORTS, losses);
  return { fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: known } }, thinks: true };
}

function nearest(effort: Effort, known: readonly Effort[], losses: Losses): Effort {
  const found = nearestEffort(effort, known);
  if (found !== effort) losses.add('clamped', 'reasoning');
  return found;
}

function planClaude(wish: ReasoningWish, rules: ModelRules, asked: Asked): ReasoningPlan {
  const { losses } = asked;
  if (effortOf(wish) === 'none') return thinkingOff(rules, losses);
  const budgets = rules.budgets && !loopWithoutReasoning(asked.turns);
  if (budgets && (wish.mode === 'budget' || !rules.adaptive)) return planBudget(wish, rules, asked);
  if (rules.adaptive) return planAdaptive(wish, rules, losses);
  losses.add('dropped', 'reasoning');
  return NOTHING;
}

function thinkingOff(rules: ModelRules, losses: Losses): ReasoningPlan {
  if (rules.thinkingOff === 'disabled' || rules.thinkingOff === 'not_when_high') {
    // Models that do not think unasked need no word.
    return rules.adaptive ? { fields: { thinking: { type: 'disabled' } }, thinks: false } : NOTHING;
  }
  if (rules.thinkingOff === 'between_tools') return { fields: { thinking: { type: 'between_tools' } }, thinks: false };
  losses.add('clamped', 'reasoning');
  const [lowest] = rules.efforts;
  return { fields: {}, ...(lowest !== undefined && { effort: lowest }), thinks: true };
}

function planAdaptive(wish: ReasoningWish, rules: ModelRules, losses: Losses): ReasoningPlan {
  const effort = effortOf(wish);
  const known = effort === undefined || rules.efforts.length === 0 ? undefined : nearestEffort(effort, rules.efforts);
  // What stands below the lowest or above the highest is not what was asked for.
  if (known !== effort && effort !== undefined) losses.add('clamped', 'reasoning');
  return {
    fields: { thinking: { type: 'adaptive', ...display(wish) } },
    ...(known !== undefined && { effort: known }),
    thinks: true,
  };
}

const BUDGET_MIN = 1024;
/** For models of which nothing is known. */
const OUTPUT_TOKENS_MAX = 32_000;

function planBudget(wish: ReasoningWish, rules: ModelRules, { request, target, losses }: Asked): ReasoningPlan {
  const ceiling = target.maxOutputTokens ?? rules.outputTokensMax ?? OUTPUT_TOKENS_MAX;
  const wanted = Math.max(BUDGET_MIN, budgetOf(wish, request.maxOutputTokens ?? ceiling) ?? BUDGET_MIN * 8);
  const maxTokens = Math.min(ceiling, (request.maxOutputTokens ?? BUDGET_MIN * 4) + wanted);
  const budget = Math.min(wanted, maxTokens - 1);
  if (budget < BUDGET_MIN) {
    losses.add('dropped', 'reasoning');
    return NOTHING;
  }
  if (budget !== wanted || (wish.budgetTokens ?? wanted) !== wanted) losses.add('clamped', 'reasoning');
  const thinking = { type: 'enabled', budget_tokens: budget, ...(rules.adaptive && display(wish)) };
  return { fields: { thinking }, maxTokens, thinks: true };
}

/** Only when the caller said so: models have defaults of their own. */
function display({ expose }: ReasoningWish): JsonFields {
  if (expose === undefined) return {};
  return { display: expose === 'none' ? 'omitted' : 'summarized' };
}

/** Manual thinking refuses an open round of tools that did not begin with it. */
function loopWithoutReasoning(turns: readonly Turn[]): boolean {
  const answered = turns.at(-1)?.blocks.some(({ type }) => type === 'tool_result') === true;
  const asking = answered ? turns.findLast(({ role }) => role === 'assistant') : undefined;
  return asking !== undefined && !asking.blocks.some(({ type }) => type === 'reasoning');
}
