import { DEFAULT_OPTIONS, type LintOptions } from './options.ts';
import { levelIn, type Level, type Pack } from './packs.ts';
import type { Rule, Severity } from './rule.ts';
import { RULES } from './rules.ts';
import type { CustomRule } from './spectral/custom-rule.ts';

/** What one run looks for. */
export interface Ruleset {
  readonly rules: readonly (readonly [Rule, Severity])[];
  readonly options: LintOptions;
  /** Of the customer's own. */
  readonly custom: readonly CustomRule[];
}

export function rulesetOfPack(pack: Pack): Ruleset {
  const levels = new Map(RULES.map((rule): [string, Level] => [rule.id, levelIn(pack, rule)]));
  return { rules: rulesAt(levels), options: { ...DEFAULT_OPTIONS, ...pack.options }, custom: [] };
}

/** Rules that are off, or of which nothing is said, are left out. */
export function rulesAt(levels: ReadonlyMap<string, Level>): Ruleset['rules'] {
  const found: (readonly [Rule, Severity])[] = [];
  for (const rule of RULES) {
    const level = levels.get(rule.id) ?? 'off';
    if (level !== 'off') found.push([rule, level]);
  }
  return found;
}
