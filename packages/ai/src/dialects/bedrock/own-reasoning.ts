import type { Effort, ReasoningWish } from '../../canonical/chat-request.ts';
import { isJsonFields, type Json, type JsonFields } from '../../canonical/json.ts';
import { asNumber } from './expect-json.ts';

/** What callers of this dialect say of reasoning, in two places: as Claude's `thinking`, and as an effort. */
export interface OwnReasoning {
  readonly thinking: Json | undefined;
  readonly effort: Json | undefined;
}

/** Undefined where they say nothing, or something that has no canonical form and so must stay as it is. */
export function readOwnReasoning({ thinking, effort }: OwnReasoning): ReasoningWish | undefined {
  const mode = isJsonFields(thinking) ? readThinking(thinking) : undefined;
  const known = isEffort(effort) ? { effort } : undefined;
  if (mode !== undefined) return { ...mode, ...known };
  return known === undefined ? undefined : { mode: 'effort', ...known };
}

/** The way back: the same words. */
export function writeOwnReasoning(wish: ReasoningWish): { readonly thinking?: JsonFields; readonly effort?: Effort } {
  const said = wish.effort !== undefined && { effort: wish.effort };
  const shown = wish.expose !== undefined && { display: wish.expose === 'none' ? 'omitted' : 'summarized' };
  switch (wish.mode) {
    case 'off':
      return { thinking: { type: 'disabled' }, ...said };
    case 'auto':
      return { thinking: { type: 'adaptive', ...shown }, ...said };
    case 'budget':
      return { thinking: { type: 'enabled', budget_tokens: wish.budgetTokens ?? 0, ...shown }, ...said };
    case 'effort':
      break;
  }
  return { ...said };
}

export function isEffort(effort: Json | undefined): effort is Effort {
  return typeof effort === 'string' && Object.hasOwn(EFFORTS, effort);
}

const EFFORTS: Readonly<Record<Effort, true>> = {
  none: true,
  minimal: true,
  low: true,
  medium: true,
  high: true,
  xhigh: true,
  max: true,
};

const MEMBERS: ReadonlySet<string> = new Set(['type', 'budget_tokens', 'display']);

/** Only what `writeOwnReasoning` gives back whole. */
export function readThinking(thinking: JsonFields): ReasoningWish | undefined {
  if (!Object.keys(thinking).every((name) => MEMBERS.has(name))) return undefined;
  const { type, display } = thinking;
  const budgetTokens = asNumber(thinking['budget_tokens']);
  const plain = Object.keys(thinking).length === 1;
  if (type === 'disabled') return plain ? { mode: 'off' } : undefined;
  if (display !== undefined && display !== 'omitted' && display !== 'summarized') return undefined;
  const shown = display === undefined ? {} : ({ expose: display === 'omitted' ? 'none' : 'summary' } as const);
  if (type === 'adaptive') return thinking['budget_tokens'] === undefined ? { mode: 'auto', ...shown } : undefined;
  return type === 'enabled' && budgetTokens !== undefined ? { mode: 'budget', budgetTokens, ...shown } : undefined;
}
