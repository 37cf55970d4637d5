import type { Place } from '../document/spec-document.ts';
import type { Severity } from './rule.ts';

export interface Finding extends Place {
  readonly rule: string;
  readonly severity: Severity;
  readonly message: string;
  /** RFC 6901, into the document. */
  readonly path: string;
}

export const SEVERITIES: readonly Severity[] = ['info', 'warning', 'error'];

/** Whether one severity is at least another. */
export function isAtLeast(severity: Severity, least: Severity): boolean {
  return SEVERITIES.indexOf(severity) >= SEVERITIES.indexOf(least);
}

export function milder(a: Severity, b: Severity): Severity {
  return isAtLeast(a, b) ? b : a;
}

/** As they stand in the document; at one place, by rule. */
export function inOrder(findings: readonly Finding[]): readonly Finding[] {
  return findings.toSorted(
    (a, b) =>
      a.line - b.line || a.column - b.column || compareText(a.rule, b.rule) || compareText(a.message, b.message),
  );
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
