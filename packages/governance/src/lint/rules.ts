import type { Rule } from './rule.ts';
import { PATH_RULES } from './rules/paths.ts';

/** All rules, by id. */
export const RULES: readonly Rule[] = [...PATH_RULES].toSorted((a, b) => (a.id < b.id ? -1 : 1));

const BY_ID = new Map(RULES.map((rule) => [rule.id, rule]));

export function ruleOf(id: string): Rule | undefined {
  return BY_ID.get(id);
}
