import type { Effort, ReasoningWish } from '../../canonical/chat-request.ts';
import type { Members } from '../chat-shaped/members.ts';

/** In OpenAI's words, or in those that vendors of this dialect have taught their callers. */
export function readReasoning(request: Members): ReasoningWish | undefined {
  const effort = request.text('reasoning_effort');
  const open = request.inside('reasoning');
  const thinking = request.inside('thinking');
  const enabled = request.flag('enable_thinking');
  const budget = request.count('thinking_budget');
  if (effort !== undefined) return { ...readEffort(request, effort), ...exposure(open) };
  if (open !== undefined) return readOpenRouter(open);
  if (thinking !== undefined) return readThinking(thinking);
  if (enabled === false) return { mode: 'off' };
  if (budget !== undefined) return { mode: 'budget', budgetTokens: budget };
  return enabled === true ? { mode: 'auto' } : undefined;
}

const EFFORTS: readonly Effort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh', 'max'];

function readEffort(holder: Members, word: string): ReasoningWish {
  if (word === 'none') return { mode: 'off' };
  if (word === 'default' || word === 'auto') return { mode: 'auto' };
  const effort = EFFORTS.find((known) => known === word);
  return effort === undefined
    ? holder.refuse('reasoning_effort', `must be one of ${EFFORTS.join(', ')}`)
    : { mode: 'effort', effort };
}

function readOpenRouter(wish: Members): ReasoningWish {
  const effort = wish.text('effort');
  const budgetTokens = wish.count('max_tokens');
  const seen = exposure(wish);
  if (wish.flag('enabled') === false) return { mode: 'off', ...seen };
  if (effort !== undefined) return { ...readEffort(wish, effort), ...seen };
  return budgetTokens === undefined ? { mode: 'auto', ...seen } : { mode: 'budget', budgetTokens, ...seen };
}

function exposure(wish: Members | undefined): Pick<ReasoningWish, 'expose' | 'summaryStyle'> {
  if (wish?.flag('exclude') === true) return { expose: 'none' };
  const summaryStyle = wish?.text('summary');
  return summaryStyle === undefined ? {} : { expose: 'summary', summaryStyle };
}

function readThinking(wish: Members): ReasoningWish {
  const budgetTokens = wish.count('budget_tokens');
  if (wish.text('type') === 'disabled') return { mode: 'off' };
  return budgetTokens === undefined ? { mode: 'auto' } : { mode: 'budget', budgetTokens };
}
