import { isObject } from '../../document/json-value.ts';
import { parseSpec } from '../../document/spec-document.ts';
import type { Enforced } from '../enforced.ts';
import type { Finding } from '../finding.ts';
import { DEFAULT_OPTIONS, type LintOptions } from '../options.ts';
import type { Rule } from '../rule.ts';
import { ruleOf } from '../rules.ts';
import { runRules } from '../run-rules.ts';

export const NOW = Date.parse('2026-06-01');

export interface Part {
  /** YAML or JSON; without `openapi`, it is 3.1. */
  readonly text: string;
  readonly earlier?: string | undefined;
  readonly enforced?: Enforced | undefined;
  readonly options?: Partial<LintOptions>;
}

/** What one rule finds in a part of a document. */
export function foundBy(rule: Rule, { text, earlier, enforced, options = {} }: Part): readonly Finding[] {
  const before = earlier === undefined ? undefined : parseSpec(whole(earlier), 'earlier.yaml').root;
  return runRules({
    document: parseSpec(whole(text), 'example.yaml'),
    rules: [[rule, rule.severity]],
    options: { ...DEFAULT_OPTIONS, ...options },
    previous: isObject(before) ? before : undefined,
    enforced,
    nowMs: NOW,
  }).findings;
}

export function ruleNamed(id: string): Rule {
  const rule = ruleOf(id);
  if (rule === undefined) throw new Error(`no rule is named ${id}`);
  return rule;
}

function whole(text: string): string {
  return /openapi["']?:/.test(text) ? text : `openapi: 3.1.0\n${text}`;
}
