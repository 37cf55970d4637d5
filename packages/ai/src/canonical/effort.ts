import type { Effort, ReasoningWish } from './chat-request.ts';

/** How much reasoning a wish asks for, whatever words it uses (reference §3.4); undefined leaves it to the model. */
export function effortOf(wish: ReasoningWish | undefined): Effort | undefined {
  if (wish === undefined) return undefined;
  if (wish.mode === 'off') return 'none';
  if (wish.effort !== undefined) return wish.effort;
  const { budgetTokens } = wish;
  if (budgetTokens === undefined || !(budgetTokens >= 0)) return undefined;
  return BUDGETS.find(([, tokens]) => tokens >= budgetTokens)?.[0] ?? 'max';
}

/** The same in tokens, by the table of Anthropic's budgets; undefined leaves it to the model, 0 forbids it. */
export function budgetOf(wish: ReasoningWish | undefined, maxOutputTokens: number): number | undefined {
  if (wish === undefined) return undefined;
  if (wish.mode === 'off') return 0;
  if (wish.budgetTokens !== undefined && wish.budgetTokens >= 0) return wish.budgetTokens;
  if (wish.effort === undefined) return undefined;
  if (wish.effort === 'max') return Math.max(BUDGET_MIN, Math.min(BUDGET_MAX, maxOutputTokens - BUDGET_MIN));
  return BUDGETS.find(([effort]) => effort === wish.effort)?.[1];
}

/** The nearest effort that the target knows: the next higher one in `known`, or else its highest. */
export function nearestEffort(effort: Effort, known: readonly Effort[]): Effort {
  const wanted = EFFORTS.indexOf(effort);
  const ranks = known.map((one) => EFFORTS.indexOf(one)).toSorted((a, b) => a - b);
  return EFFORTS[ranks.find((rank) => rank >= wanted) ?? ranks.at(-1) ?? wanted] ?? effort;
}

const BUDGET_MIN = 1024;
const BUDGET_MAX = 64_000;

/** Without `max`, which is what remains. */
const BUDGETS: readonly (readonly [Effort, number])[] = [
  ['none', 0],
  ['minimal', BUDGET_MIN],
  ['low', 2048],
  ['medium', 8192],
  ['high', 16_384],
  ['xhigh', 32_768],
];

const EFFORTS: readonly Effort[] = [...BUDGETS.map(([effort]) => effort), 'max'];
