import { isObject, pointerOf, valueAt, type Path } from '../../document/json-value.ts';
import type { SpecDocument } from '../../document/spec-document.ts';
import type { Finding } from '../finding.ts';
import { References } from '../references.ts';
import type { Check, CustomRule } from './custom-rule.ts';
import { Budget, matchesOf, type Match, type Surroundings } from './match-path.ts';
import type { Problem, Target } from './functions.ts';
import { parseJsonPath } from './json-path.ts';

/** Values that all rules together may look at, for each character of the document. */
const LOOKS_PER_CHAR = 50;
const LOOKS_MIN = 1_000_000;

/** Rules of a customer's ruleset. Throws `BudgetSpent` when they look at too much. */
export function runCustomRules(document: SpecDocument, rules: readonly CustomRule[]): readonly Finding[] {
  if (rules.length === 0 || !isObject(document.root)) return [];
  const references = new References(document.root);
  const budget = new Budget(Math.max(document.text.length * LOOKS_PER_CHAR, LOOKS_MIN));
  const findings: Finding[] = [];
  for (const rule of rules) {
    const around = { root: document.root, references: rule.resolved ? references : undefined, budget };
    const seen = new Set<string>();
    for (const path of rule.given) {
      for (const match of matchesOf(path, around)) {
        for (const check of rule.checks) judge({ document, rule, check, match, around, seen, findings });
      }
    }
  }
  return findings;
}

interface Case {
  readonly document: SpecDocument;
  readonly rule: CustomRule;
  readonly check: Check;
  readonly match: Match;
  readonly around: Surroundings;
  /** Places that were told already: several paths may lead to one. */
  readonly seen: Set<string>;
  /** What is found is added here. */
  readonly findings: Finding[];
}

function judge({ document, rule, check, match, around, seen, findings }: Case): void {
  for (const target of targetsOf(match, check.field, around)) {
    around.budget.spend();
    for (const problem of check.run(target, check.options, document.root)) {
      const path = [...target.path, ...problem.path];
      const message = written(rule, target, problem);
      const key = `${pointerOf(path)} ${message}`;
      if (seen.has(key)) continue;
      seen.add(key);
      const place = document.placeOf(path);
      findings.push({ rule: rule.name, severity: rule.severity, message, path: pointerOf(path), ...place });
    }
  }
}

function targetsOf(match: Match, field: string | undefined, around: Surroundings): readonly Target[] {
  const { value, path } = match;
  if (field === undefined) return [match];
  if (field === '@key') {
    return isObject(value) ? Object.keys(value).map((name) => ({ value: name, path: [...path, name] })) : [];
  }
  if (field.startsWith('$')) {
    const inside = { ...around, root: value };
    return matchesOf(parseJsonPath(field), inside).map((one) => ({ value: one.value, path: [...path, ...one.path] }));
  }
  const steps: Path = field.split('.');
  const whole = valueAt(value, [field]);
  return [
    whole === undefined
      ? { value: valueAt(value, steps), path: [...path, ...steps] }
      : { value: whole, path: [...path, field] },
  ];
}

const BLANKS: readonly (readonly [string, (rule: CustomRule, target: Target, problem: Problem) => string])[] = [
  ['error', (_, __, { message }) => message],
  ['description', ({ description }) => description],
  ['path', (_, { path }) => pointerOf(path)],
  ['property', (_, { path }) => String(path.at(-1) ?? '')],
  [
    'value',
    (_, { value }) => (Array.isArray(value) ? 'Array[]' : isObject(value) ? 'Object{}' : (JSON.stringify(value) ?? '')),
  ],
];

function written(rule: CustomRule, target: Target, problem: Problem): string {
  const property = String(target.path.at(-1) ?? '');
  if (rule.message === '') return rule.description === '' ? `\`${property}\` ${problem.message}` : rule.description;
  let text = rule.message;
  for (const [name, value] of BLANKS) {
    text = text.replaceAll(`{{${name}}}`, () => value(rule, target, problem));
  }
  return text;
}
