import { isObject } from '../document/json-value.ts';
import type { SpecDocument } from '../document/spec-document.ts';
import type { Enforced } from './enforced.ts';
import { inOrder, type Finding } from './finding.ts';
import { packOf } from './packs.ts';
import type { Axis } from './rule.ts';
import { rulesetOfPack, type Ruleset } from './ruleset.ts';
import { runRules } from './run-rules.ts';
import { scoreOf, type Score } from './score.ts';
import { runCustomRules } from './spectral/run-custom-rules.ts';
import { withoutWaived, type Waived, type Waiver } from './waivers.ts';

export interface LintRequest {
  /** By its name; `recommended` where neither it nor a ruleset is given. */
  readonly pack?: string;
  /** One of the organisation's own (`parseRuleset`), instead of a pack. */
  readonly ruleset?: Ruleset;
  /** The version that was published before, for rules that compare. */
  readonly previous?: SpecDocument | undefined;
  /** What the gate asks of callers, where the document is of an API that is served; without it, S20 is silent. */
  readonly enforced?: Enforced | undefined;
  readonly waivers?: readonly Waiver[];
  readonly nowMs: number;
}

export interface LintResult extends Score, Waived {
  /** In the order of the document; without those that are waived. */
  readonly findings: readonly Finding[];
}

/**
 * What an organisation would say of a document: findings with their places, a score for each axis, a grade, and what to
 * mend first. Waived findings count for nothing. Takes time in proportion to the document. Throws `UnreadableDocument`
 * for what is no OpenAPI 3.0 to 3.2, and `RangeError` for a pack that does not exist.
 */
export function lint(document: SpecDocument, request: LintRequest): LintResult {
  const { nowMs, waivers = [], previous, enforced } = request;
  const ruleset = request.ruleset ?? rulesetNamed(request.pack ?? 'recommended');
  const { rules, options, custom } = ruleset;
  const earlier = isObject(previous?.root) ? previous.root : undefined;
  const { findings, nodes } = runRules({ document, rules, options, previous: earlier, enforced, nowMs });
  const all = inOrder([...findings, ...runCustomRules(document, custom)]);
  const waived = withoutWaived(all, waivers, nowMs);
  return { ...waived, ...scoreOf({ findings: waived.findings, nodes, axisOf: axesOf(ruleset) }) };
}

function rulesetNamed(name: string): Ruleset {
  const pack = packOf(name);
  if (pack === undefined) throw new RangeError(`no pack is named ${name}`);
  return rulesetOfPack(pack);
}

function axesOf({ rules, custom }: Ruleset): ReadonlyMap<string, Axis> {
  return new Map([
    ...rules.map(([rule]): [string, Axis] => [rule.id, rule.axis]),
    ...custom.map(({ name }): [string, Axis] => [name, 'consistency']),
  ]);
}
