import type { ChatRequest, Effort, ReasoningWish } from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';
import { effortOf } from '../../canonical/effort.ts';
import type { JsonFields } from '../../canonical/json.ts';
import type { Losses } from '../../canonical/loss.ts';
import { modelTraits, type BudgetRange, type ModelTraits } from './model-traits.ts';

/** `thinkingConfig` as this model takes it (reference §3.4); empty leaves everything to the model. */
export function writeThinking(request: ChatRequest, { model, rules }: Target, losses: Losses): JsonFields {
  const { reasoning: wish } = request;
  if (wish === undefined) return {};
  const traits = modelTraits(model);
  if (traits.thinking === 'none' || rules.drops?.includes('reasoning') === true) {
    if (wish.mode !== 'off') losses.add('dropped', 'reasoning');
    return {};
  }
  const amount = writeAmount(request, wish, { traits, losses });
  // To show thoughts is refused where there are none.
  const shows = wish.expose !== undefined && amount['thinkingBudget'] !== 0;
  return { ...(shows && { includeThoughts: wish.expose !== 'none' }), ...amount };
}

interface Model {
  readonly traits: ModelTraits;
  readonly losses: Losses;
}

function writeAmount(request: ChatRequest, wish: ReasoningWish, model: Model): JsonFields {
  // That the model decides needs no words; to say so may make one think that by itself would not.
  if (request.dialect === 'gemini' && wish.mode === 'auto' && wish.expose !== undefined) return {};
  if (model.traits.thinking === 'budget') return writeBudget(wish, model.traits.budget, model.losses);
  const { budgetTokens } = wish;
  // Newer models still take what their own callers' older code sends.
  if (request.dialect === 'gemini' && wish.mode === 'budget' && budgetTokens !== undefined) {
    return { thinkingBudget: budgetTokens };
  }
  return writeLevel(effortOf(wish), request, model);
}

function writeLevel(effort: Effort | undefined, request: ChatRequest, { traits, losses }: Model): JsonFields {
  if (effort === undefined) return {};
  if (effort === 'xhigh' && request.dialect === 'gemini') return { thinkingLevel: 'XHIGH' };
  const level = LEVELS[effort];
  const tooLittle = effort === 'none' || (level === 'MINIMAL' && traits.leastLevel === 'LOW');
  if (tooLittle || effort === 'xhigh' || effort === 'max') losses.add('clamped', 'reasoning');
  return { thinkingLevel: tooLittle ? traits.leastLevel : level };
}

const LEVELS: Readonly<Record<Effort, 'MINIMAL' | 'LOW' | 'MEDIUM' | 'HIGH'>> = {
  none: 'MINIMAL',
  minimal: 'MINIMAL',
  low: 'LOW',
  medium: 'MEDIUM',
  high: 'HIGH',
  xhigh: 'HIGH',
  max: 'HIGH',
};

function writeBudget(wish: ReasoningWish, range: BudgetRange, losses: Losses): JsonFields {
  const wanted = wantedTokens(wish, range);
  if (wanted === undefined) return { thinkingBudget: -1 };
  if (wanted === 0 && range.off) return { thinkingBudget: 0 };
  const tokens = Math.min(range.max, Math.max(range.min, Math.round(wanted)));
  if (tokens !== wanted) losses.add('clamped', 'reasoning');
  return { thinkingBudget: tokens };
}

function wantedTokens(wish: ReasoningWish, range: BudgetRange): number | undefined {
  if (wish.mode === 'off') return 0;
  if (wish.budgetTokens !== undefined) return wish.budgetTokens;
  if (wish.effort === undefined) return undefined;
  return wish.effort === 'max' ? range.max : TOKENS[wish.effort];
}

const TOKENS: Readonly<Record<Exclude<Effort, 'max'>, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
};
